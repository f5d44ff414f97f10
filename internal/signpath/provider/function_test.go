package provider_test

import (
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// callFunction calls a function as Terraform does, and returns its error. It
// needs no Terraform, no organization and no configured provider.
func callFunction(t *testing.T, name string, arguments ...tftypes.Value) *tfprotov6.FunctionError {
	t.Helper()
	server, err := signpathtest.Providers.Factories["signpath"]()
	must(t, err)
	req := &tfprotov6.CallFunctionRequest{Name: name}
	for _, argument := range arguments {
		ty := argument.Type()
		if !ty.Is(tftypes.String) { // The only other argument is dynamic.
			ty = tftypes.DynamicPseudoType
		}
		value, err := tfprotov6.NewDynamicValue(ty, argument)
		must(t, err)
		req.Arguments = append(req.Arguments, &value)
	}
	resp, err := server.CallFunction(t.Context(), req)
	must(t, err)
	return resp.Error
}

// refusesCall checks that a function refuses its arguments, at one of them.
func refusesCall(t *testing.T, name string, position int64, want string, arguments ...tftypes.Value) {
	t.Helper()
	got := callFunction(t, name, arguments...)
	if got == nil {
		t.Fatalf("it succeeded, want %s", want)
	}
	if got.Text != want {
		t.Errorf("it says\n%s\nwant\n%s", got.Text, want)
	}
	if got.FunctionArgument == nil || *got.FunctionArgument != position {
		t.Errorf("it points at argument %v, want %d", got.FunctionArgument, position)
	}
}

func stringValue(text string) tftypes.Value { return tftypes.NewValue(tftypes.String, text) }

// knownResult checks what an expression gives.
func knownResult(expression string, want knownvalue.Check) resource.TestStep {
	return resource.TestStep{
		Config:            functionConfig(expression),
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", want)},
	}
}

// resultAfterApply checks an expression with terraform_data.later.output, which
// is "later@example.com" after the apply and unknown before.
func resultAfterApply(expression string, want knownvalue.Check) resource.TestStep {
	return resource.TestStep{
		Config: functionConfig(expression) + "resource \"terraform_data\" \"later\" {\n  input = \"later@example.com\"\n}\n",
		ConfigPlanChecks: resource.ConfigPlanChecks{
			PreApply: []plancheck.PlanCheck{plancheck.ExpectUnknownOutputValue("result")},
		},
		ConfigStateChecks: []statecheck.StateCheck{statecheck.ExpectKnownOutputValue("result", want)},
	}
}

// refused checks that an expression fails the plan.
func refused(expression string, phrases ...string) resource.TestStep {
	return resource.TestStep{Config: functionConfig(expression), PlanOnly: true, ExpectError: says(phrases...)}
}

// functionConfig has no settings of the provider: functions need none.
func functionConfig(expression string) string {
	return "terraform {\n  required_providers {\n    signpath = {\n      source = \"hashicorp/signpath\"\n    }\n  }\n}\noutput \"result\" {\n" +
		"  value = " + expression + "\n}\n"
}
