package documentation_test

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/signpathtest"
)

// TestRotationWithoutAGap rotates as the guide about tokens says: each time, builds get another
// token, and the one that they had is still accepted.
func TestRotationWithoutAGap(t *testing.T) {
	t.Parallel()
	const count, recipient = "rotation = 1\n", "age1zxvjmfcwz37fkd4vzvuftz2p25z6s23edphfkzvfurasvpf2pfeshja05e"
	text := ""
	for _, block := range codeBlocks(t, "terraform") {
		if strings.Contains(block.text, "# Count up by one to rotate.") {
			text = block.text
		}
	}
	if strings.Count(text, count) != 1 || strings.Count(text, recipient) != 1 {
		t.Fatalf("the guide has no configuration that counts rotations:\n%s", text)
	}
	key, err := age.GenerateX25519Identity()
	must(t, err)
	text = strings.Replace(text, recipient, key.Recipient().String(), 1)
	org, terraform := signpathtest.Start(t, nil), signpathtest.InProcess(t)
	had := map[string]string{}
	for rotation := 1; rotation <= 4; rotation++ {
		terraform.Write("main.tf", org.Config(strings.Replace(text, count, fmt.Sprintf("rotation = %d\n", rotation), 1)))
		if planned := terraform.Plan(testkit.Options{}); rotation > 1 && planned.Summary != (testkit.Summary{Add: 2, Remove: 2}) {
			t.Fatalf("rotation %d replaces more or less than one token of each policy: %s", rotation, planned)
		}
		if applied := terraform.Apply(testkit.Options{}); applied.Err != nil {
			t.Fatalf("the apply fails: %s", applied)
		}
		inUse := []string{"even", "odd"}[rotation%2]
		for _, policy := range []string{"test-signing", "release-signing"} {
			token := opened(t, key, attributeOf(t, terraform, fmt.Sprintf("signpath_ci_user_token.build[%q]", policy+"-"+inUse), "encrypted_token"))
			if before := had[policy]; token == before || !org.Accepts(token) || before != "" && !org.Accepts(before) {
				t.Errorf("rotation %d of %s: another token: %t; it is accepted: %t; so is the one before: %t",
					rotation, policy, token != before, org.Accepts(token), before == "" || org.Accepts(before))
			}
			had[policy] = token
		}
	}
}

func attributeOf(t *testing.T, terraform testkit.Terraform, address, name string) string {
	t.Helper()
	for _, o := range terraform.Objects() {
		if o.Address == address {
			return fmt.Sprint(o.Values[name])
		}
	}
	t.Fatalf("the state has no %s", address)
	return ""
}

// opened is what an age file has in it.
func opened(t *testing.T, key age.Identity, file string) string {
	t.Helper()
	plain, err := age.Decrypt(armor.NewReader(strings.NewReader(file)), key)
	must(t, err)
	content, err := io.ReadAll(plain)
	must(t, err)
	return string(content)
}
