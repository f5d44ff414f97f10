package provider_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// secretWords are what an attribute's name has in it if it can hold a secret.
var secretWords = []string{"token", "secret", "password", "passphrase", "key", "credential", "proxy", "private", "bearer", "auth"}

// notSecret are attributes that only sound like one, and why.
var notSecret = map[string]string{
	"provider token_file":                                      "a path",
	"provider client_key_file":                                 "a path",
	"resource signpath_ci_user_token encrypted_token":          "made to be seen",
	"resource signpath_ci_user_token github_tokens":            "made to be seen",
	"resource signpath_ci_user_token github_tokens key_id":     "an id",
	"resource signpath_ci_user_token github_recipients key":    "a public key",
	"resource signpath_ci_user_token github_recipients key_id": "an id",
	"provider token_rotation":                                  "how it goes on",
}

// TestSecretsAreSensitive walks every schema. It goes by the name, as a reader
// does: an attribute whose name says that it can hold a secret is sensitive or
// write-only, or stands in notSecret with a reason that still applies.
func TestSecretsAreSensitive(t *testing.T) {
	server, err := signpathtest.Providers.Factories["signpath"]()
	must(t, err)
	schemas, err := server.GetProviderSchema(t.Context(), &tfprotov6.GetProviderSchemaRequest{})
	must(t, err)
	open := map[string]bool{}
	walk := func(where string, block *tfprotov6.SchemaBlock) { openSecrets(where, block, open) }
	walk("provider", schemas.Provider.Block)
	for name, schema := range schemas.ResourceSchemas {
		walk("resource "+name, schema.Block)
	}
	for name, schema := range schemas.DataSourceSchemas {
		walk("data source "+name, schema.Block)
	}
	for name, schema := range schemas.EphemeralResourceSchemas {
		walk("ephemeral resource "+name, schema.Block)
	}
	for name, schema := range schemas.ListResourceSchemas {
		walk("list resource "+name, schema.Block)
	}
	for name, schema := range schemas.ActionSchemas {
		walk("action "+name, schema.Schema.Block)
	}
	for _, name := range slices.Sorted(maps.Keys(open)) {
		if notSecret[name] == "" {
			t.Errorf("%s sounds like a secret, and is neither sensitive nor write-only", name)
		}
	}
	for name := range notSecret {
		if !open[name] {
			t.Errorf("%s is excused, and needs no excuse", name)
		}
	}
}

// openSecrets collects the attributes that sound like a secret and are shown.
func openSecrets(where string, block *tfprotov6.SchemaBlock, open map[string]bool) {
	openSecretAttributes(where, block.Attributes, open)
	for _, nested := range block.BlockTypes {
		openSecrets(where+" "+nested.TypeName, nested.Block, open)
	}
}

func openSecretAttributes(where string, attributes []*tfprotov6.SchemaAttribute, open map[string]bool) {
	for _, attribute := range attributes {
		name := where + " " + attribute.Name
		if attribute.Sensitive || attribute.WriteOnly {
			continue // So is all that is in it.
		}
		if slices.ContainsFunc(secretWords, func(word string) bool { return strings.Contains(attribute.Name, word) }) {
			open[name] = true
		}
		if attribute.NestedType != nil {
			openSecretAttributes(name, attribute.NestedType.Attributes, open)
		}
	}
}
