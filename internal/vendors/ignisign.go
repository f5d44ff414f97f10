package vendors

import (
	"github.com/signpath-community/terraform-provider-signpath/internal/baselinereview"
	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/procedure"
)

var ignisign = &baselinereview.Vendor{
	Name: "IgniSign", Provider: "ignisign",
	Declared: []string{"organization_id", "applications"},
	Declare: func(v baselinereview.Values) baselinereview.Declaration {
		applications := map[string]string{}
		for key, application := range v.Objects("applications") {
			applications[key] = application.Text("id")
		}
		return baselinereview.Declaration{Model: procedure.Model, Organization: v.Text("organization_id"), Places: procedure.Places(applications)}
	},
}
