package tfkit

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	urlpath "path"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// modulePath is that of this module, at which it can be read.
var modulePath = urlpath.Dir(urlpath.Dir(urlpath.Dir(reflect.TypeFor[ClientLog]().PkgPath())))

// Unknown are the settings of a provider block that are only known after apply, in order.
func Unknown(config tfsdk.Config) (names []string, err error) {
	var settings map[string]tftypes.Value
	if err := config.Raw.As(&settings); err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		if !settings[name].IsFullyKnown() {
			names = append(names, name)
		}
	}
	return names, nil
}

// NotKnown says of a setting that it is only known after apply.
func NotKnown(name, vendor string) (summary, detail string) {
	return "Setting not known at plan time", fmt.Sprintf("%s depends on something that is only known after apply. "+
		"%s has to be read for a plan, so set it to a known value, "+
		"or leave it out and use the environment variable, if it has one.", name, vendor)
}

// AddConfigErrors reports each setting that a client refuses.
func AddConfigErrors(diags *diag.Diagnostics, err error) {
	var all httpapi.ConfigErrors
	errors.As(err, &all)
	for _, wrong := range all {
		diags.AddAttributeError(path.Root(string(wrong.Field)), "Invalid provider configuration", wrong.Reason)
	}
}

// UserAgent names the provider and Terraform, with where whoever sees it can read what it is, and
// adds what the environment variable that Terraform providers share for that says.
func UserAgent(provider, version, terraformVersion string) string {
	about := "https://" + modulePath
	agent := fmt.Sprintf("terraform-provider-%s/%s (+%s) Terraform/%s", provider, version, about, cmp.Or(terraformVersion, "unknown"))
	// A line break would make every request invalid.
	more := strings.FieldsFunc(os.Getenv("TF_APPEND_USER_AGENT"), func(r rune) bool { return r <= ' ' || r == 0x7f })
	return strings.Join(append([]string{agent}, more...), " ")
}
