#!/bin/sh
# Terraform for SignPath on Spacelift: a hook of the stack, after the plan. Not run by the
# tests of this provider.
#
# Set it in the settings of the stack, or in a context, and not in .spacelift/config.yml,
# which comes from the branch. A hook that fails ends the run. It runs in the container of
# the plan, in which code of the branch has run before: that can make up what is reviewed.
set -eu
# A plan that could not be shown cannot be judged, either.
terraform show -json spacelift.plan | /usr/local/bin/review-plan.sh
