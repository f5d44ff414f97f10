// Package vendors is the table of those whose resources the companion understands. It is the
// only place beside the commands that knows several vendors.
package vendors

import (
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/planreview"
	signpath "github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// SignPath is read from its resources for users, groups, roles and lists.
var SignPath = &planreview.Reader{
	Vendor: "SignPath", Provider: "signpath", Vocabulary: signpath.SignPath,
	Principals: map[string]access.Kind{"user": access.KindUser, "ci_user": access.KindCIUser, "user_group": access.KindGroup},
}

// Baselines are those vendors whose access no API can change.
var Baselines = baselinereview.Vendors{ignisign, signicat}

// Readers are all.
var Readers = planreview.Readers{Granting: SignPath, Baselines: Baselines}

// optional is an attribute, or a comment where nobody has told its value.
func optional(name, value, what string) string {
	if value == "" {
		return baselinereview.Missing(name+` = "…"`, what) + "\n"
	}
	return name + " = " + baselinereview.Literal(value) + "\n"
}

// keysOf are the keys of the outermost places within the organization that were seen.
func keysOf(o baseline.Observation) (keys []string) {
	for _, place := range o.Places {
		keys = append(keys, place.Slug(0))
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}
