package export

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/survey"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/vocabulary"
)

// providerSource is the provider's address in the registry.
const providerSource = "signpath-community/signpath"

// Options say what to write.
type Options struct {
	// EmptyLists writes all access lists that nobody is on, and not only those of signing
	// policies that guard releases. Terraform then removes whoever comes onto one.
	EmptyLists bool
	// ModuleSource is where the module signpath-project comes from, as the source of a module block.
	// If it is set, the access lists of projects are written into a file that the module reads.
	ModuleSource string
	// Moved writes moved blocks besides, for a state that has the access lists of projects at the
	// addresses of the other format. Without these, Terraform plans to import each list at one
	// address, and to destroy it at the other.
	Moved bool
	// Mapping is the mapping file with which the organization was read; nil if none was. It goes
	// along, so that the configuration is read with the same.
	Mapping []byte
}

// MappingFile is what an export calls the mapping file.
const MappingFile = "signpath-api.yaml"

// A Configuration is the files that an export writes, and what to tell of them.
type Configuration struct {
	// Files are the contents by file name.
	Files   map[string][]byte
	Summary Summary
}

// Generate makes the configuration. It depends on nothing but the organization:
// the same one gives the same bytes, in whatever order SignPath lists it.
func Generate(found *survey.Survey, options Options) *Configuration {
	const isDone = "These blocks have done their work after the first apply, and can be deleted then."
	g := &generator{
		Survey: found, options: options, speller: newSpeller(found.Directory),
		imports: newDocument("What is imported, by resource. The plan says for each whether the configuration is as SignPath has it.", isDone),
		moves:   newDocument("Where a state has the access lists of projects, if they were exported in the other format before.", isDone),
		files:   map[string][]byte{},
	}
	g.principals()
	g.roles()
	if options.ModuleSource != "" {
		g.module()
	} else {
		g.projects()
	}
	g.files["imports.tf"] = g.imports.bytes()
	if options.Moved {
		g.files["moved.tf"] = g.moves.bytes()
	}
	g.files["provider.tf"] = g.provider()
	if options.Mapping != nil {
		g.files[MappingFile] = options.Mapping
	}
	g.summary.Files = slices.Sorted(maps.Keys(g.files))
	return &Configuration{Files: g.files, Summary: g.summary}
}

type generator struct {
	*survey.Survey
	options Options
	speller *speller
	imports *document
	moves   *document
	files   map[string][]byte
	summary Summary
	// managed are the addresses of users, CI users and groups that are resources.
	managed []hcl.Traversal
}

// add writes a resource, with its import.
func (g *generator) add(to *document, r resource) {
	to.resource(r)
	g.imports.importOf(traversal(r.typeName, r.name), r.importID)
	g.summary.exported(r.typeName)
}

// addPrincipal is add for a user, CI user or group.
func (g *generator) addPrincipal(to *document, r resource) {
	g.add(to, r)
	g.managed = append(g.managed, traversal(r.typeName, r.name))
}

func (g *generator) provider() []byte {
	d := newDocument()
	if warning := Partial(g.Survey); warning != "" {
		d.comment("WARNING: " + warning)
	}
	d.file.Body().AppendNewline()
	required := d.file.Body().AppendNewBlock("terraform", nil).Body().AppendNewBlock("required_providers", nil).Body()
	required.SetAttributeRaw("signpath", hclwrite.TokensForValue(cty.ObjectVal(map[string]cty.Value{"source": cty.StringVal(providerSource)})))
	d.comment("The API token comes from the environment variable " + api.EnvToken + ", so that it is in no file.")
	settings := d.file.Body().AppendNewBlock("provider", []string{"signpath"}).Body()
	if g.URL != api.DefaultURL {
		settings.SetAttributeRaw(string(httpapi.FieldURL), literal(g.URL))
	}
	settings.SetAttributeRaw(string(api.FieldOrganizationID), literal(g.ID))
	if g.options.Mapping != nil {
		settings.SetAttributeRaw(string(api.FieldMapping), literal(MappingFile))
	}
	return d.bytes()
}

// Partial says what an export may lack because the token does not see all; it is
// empty if it does.
func Partial(found *survey.Survey) string {
	if vocabulary.SeesAllProjects(found.Caller.Role) {
		return ""
	}
	return "this export may lack projects and signing policies. The token's user, " + quote(found.Caller.Reference().String()) + " with the role " +
		spellRole(found.Caller.Role) + ", sees only projects that it has a right on. " +
		"Export again with a token of a Global Reader, Project Administrator or Global Administrator."
}

// hash is a text that nothing else has, for the names of what has no id.
func hash(parts ...string) string {
	sum := sha256.New()
	for _, part := range parts {
		sum.Write([]byte(part + "\x00"))
	}
	return hex.EncodeToString(sum.Sum(nil))
}
