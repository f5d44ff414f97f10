package provider

import (
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/kit/tfkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/api"
)

// liveDataSource is a data source that asks Signicat.
type liveDataSource = tfkit.ClientDataSource[*api.Client]

// experimental begins the page of what rests on routes that are documented in part.
const experimental = "~> **Experimental.** " +
	"Signicat documents its audit API in part, and nobody has tried this on the live one: the path of the query is inferred, and which events there are, " +
	"by what they can be asked for and what their fields mean is not published. What an event does not tell is null and never made up."

// addFailure reports what was asked of Signicat and failed.
func addFailure(diags *diag.Diagnostics, at path.Path, doing string, err error) {
	tfkit.Failure{At: at, Doing: doing, Needs: api.ForbiddenAdvice}.Add(diags, &api.Service, err)
}

// truth is null for what is not known.
func truth(answer access.Answer) types.Bool {
	if answer == access.AnswerUnknown {
		return types.BoolNull()
	}
	return types.BoolValue(answer == access.AnswerYes)
}

func spelled[T ~string](all []T) []string {
	spelling := make([]string, len(all))
	for i, one := range all {
		spelling[i] = string(one)
	}
	return spelling
}
