# Judges what `signpathctl review plan --format json` writes.
package main

# Who may get signing rights, as a configuration names them.
team := {
	"ci_user:project-a-release",
	"group:Release Managers",
	"user:release.manager@example.com",
}

signing_policies := {"release-signing"}

# With these, somebody can give signing rights to anybody.
administration := {"administer-projects", "administer-users", "everything"}

deny contains "this is no review of a plan in format 1" if not is_plan_review

is_plan_review if {
	input.kind == "plan_review"
	startswith(input.format_version, "1.")
}

deny contains sprintf("the review is incomplete: %s", [gap.sentence]) if {
	not input.complete
	some gap in input.gaps
}

deny contains sprintf("outside the release team: %s", [change.sentence]) if {
	some change in input.access_changes
	change.direction in {"gains", "will_gain"}
	is_for_signing(change)
	not change.principal in team
}

is_for_signing(change) if {
	change.permission in {"submit", "approve"}
	change.signing_policy in signing_policies
}

is_for_signing(change) if change.permission in administration
