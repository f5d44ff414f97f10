package baselineprovider

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

// observedFunction reads a table of what somebody saw.
type observedFunction struct{ *Vendor }

var _ function.Function = (*observedFunction)(nil)

// Metadata implements [function.Function].
func (f *observedFunction) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "observed"
}

// Definition implements [function.Function].
func (f *observedFunction) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Read a table of what somebody saw",
		MarkdownDescription: fmt.Sprintf("Returns the rows of a table in the form of `grants`, for the `observed` of an attestation: by place, then by role, who has it. "+
			"It asks %s nothing: the rows are what a person saw there and wrote down.\n\n"+
			"The table is CSV, with commas or semicolons. Its first line names the columns, in any order: `place`, `role` and `principal`, as in `grants`; "+
			"`seen_on`, the day on which somebody saw the row, or `no` if it is not there; and `note`, which is ignored. "+
			"If `seen_on` is there, each row has it: one that only stands in the template (`%s runbook --template`) was seen by nobody. "+
			"A row that fits nothing is an error that names its line and column.", f.Name, f.Companion),
		Parameters: []function.Parameter{
			function.StringParameter{Name: "csv", MarkdownDescription: "The text of the table, such as `file(\"observed.csv\")`."},
		},
		Return: function.MapReturn{ElementType: types.MapType{ElemType: types.SetType{ElemType: types.StringType}}},
	}
}

// Run implements [function.Function].
func (f *observedFunction) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var table string
	if resp.Error = req.Arguments.Get(ctx, &table); resp.Error != nil {
		return
	}
	observation, problems := f.Model.ReadCSV(table)
	if len(problems) > 0 {
		lines := make([]string, len(problems))
		for i, p := range problems {
			lines[i] = sentence(p.Error())
		}
		resp.Error = function.NewArgumentFuncError(0, strings.Join(lines, "\n"))
		return
	}
	resp.Error = resp.Result.Set(ctx, map[string]map[string][]string(f.Model.Write(observation.Rows)))
}
