package access_test

import (
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func TestPrincipalIsNamedByItsNaturalKey(t *testing.T) {
	tests := []struct {
		principal            access.Principal
		reference, id, words string
	}{
		{ada(), "user:Ada@example.com", "user:" + idOfAda, "user:Ada@example.com (Ada Lovelace)"},
		{access.Principal{Kind: access.KindUser, Email: "new@example.com"}, "user:new@example.com", "user:", "user:new@example.com"},
		{release(), "ci_user:acme-release", "ci_user:" + idOfRelease, "ci_user:acme-release"},
		{managers(), "group:Release Managers", "group:" + idOfGroup, "group:Release Managers"},
	}
	for _, test := range tests {
		if got := test.principal.Reference().String(); got != test.reference {
			t.Errorf("the reference is %q, want %q", got, test.reference)
		}
		if got := test.principal.IDReference().String(); got != test.id {
			t.Errorf("the reference by id is %q, want %q", got, test.id)
		}
		if got := test.principal.String(); got != test.words {
			t.Errorf("messages call it %q, want %q", got, test.words)
		}
	}
}

func ada() access.Principal {
	return access.Principal{
		Kind: access.KindUser, ID: idOfAda, Name: "Ada Lovelace", Email: "Ada@example.com",
		Role: "RegularUser", Active: true,
	}
}

func release() access.Principal {
	return access.Principal{
		Kind: access.KindCIUser, ID: idOfRelease, Name: "acme-release", Role: "RegularUser", Active: true,
	}
}

func managers() access.Principal {
	return access.Principal{Kind: access.KindGroup, ID: idOfGroup, Name: "Release Managers", Active: true}
}
