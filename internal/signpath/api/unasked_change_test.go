package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

// What the edit lost is told, however many stale reads come before it shows.
func TestAServerThatLosesPropertiesAndLags(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.lag(policyRoute, 2*time.Second)
		o.inject(mock.Fault{Route: editRoute, Action: mock.FaultDropProperties, Properties: []string{"purpose"}})
		_, err := o.approve(releaseA, officer)
		var lost *api.LostPropertiesError
		if !errors.As(err, &lost) || !slices.Equal(lost.Lost, []string{`purpose, which held "Release"`}) || !lost.Done {
			t.Errorf("got %v", err)
		}
		o.expectRequests(1, editRoute)
	})
}

// Nor is it forgotten where the edit had to be written again.
func TestALossInTheFirstOfTwoRounds(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		o.inject(mock.Fault{Route: editRoute, Times: 1, Action: mock.FaultDropProperties, Properties: []string{"useApprovalProcess"}})
		o.inject(mock.Fault{Route: policyRoute, After: 1, Times: 1, Before: func() {
			o.check(o.Administrator("").RemoveMembers(releaseA, "approvers", officer))
		}})
		_, err := o.approve(releaseA, officer)
		expectError(t, err, "usesApprovalProcess, which held true")
	})
}

// What decides who may do what, and takes another value, is no remark.
func TestAChangeThatNobodyAskedFor(t *testing.T) {
	edits := map[string]editing{}
	for _, e := range editings() {
		edits[e.name] = e
	}
	policy, ofGroup, ofCI, ofUser := edits["a signing policy"], edits["a user group"], edits["a CI user"], edits["a user"]
	type properties = map[string]any
	branches := func(names ...string) properties { return properties{"allowedBranchNames": names} }
	null, all := json.RawMessage("null"), []string{"*"}
	for name, c := range map[string]struct {
		editing
		// property is what the answers say before and after the write.
		property      string
		before, after any
		// want is in the error.
		want string
	}{
		"the role of a user":    {ofUser, "role", "RegularUser", "GlobalAdministrator", `role, which was "RegularUser" and is "GlobalAdministrator" now`},
		"the role of a CI user": {ofCI, "role", "ProjectAdministrator", "RegularUser", `role, which was "ProjectAdministrator" and is "RegularUser" now`},
		"being active":          {ofUser, "isActive", false, true, `isActive, which was false and is true now`},
		"not being active":      {ofCI, "isActive", true, false, `isActive, which held true`},
		"fewer approvals":       {policy, "requiredApprovals", 2, 1, `requiredApprovals, which was 2 and is 1 now`},
		"no approvals":          {policy, "usesApprovalProcess", true, false, `usesApprovalProcess, which held true`},
		"approvals":             {policy, "usesApprovalProcess", false, true, `usesApprovalProcess, which was false and is true now`},
		"no build system":       {policy, "verifiesTrustedBuildSystem", true, false, `verifiesTrustedBuildSystem, which held true`},
		"other branches":        {policy, "originPolicyVerification", branches("main"), branches(all...), `originPolicyVerification, which was {`},
		"branches that come":    {policy, "originPolicyVerification", null, branches("main"), `originPolicyVerification, which was null and is {`},
		"a submitter less":      {policy, "submitters", []string{"{builder}", "{group}"}, []string{"{group}"}, `submitters, which lacks ci_user:acme-release now`},
		"all submitters":        {policy, "submitters", []string{"{builder}"}, []string{}, `submitters, which held ["`},
		"another approver less": {policy, "approvers", []string{"{lead}", "{group}"}, []string{"{officer}"}, `approvers, which lacks group:Release Managers now`},
		"another member less":   {ofGroup, "members", []string{"{manager}", "{builder}"}, []string{"{officer}"}, `members, which lacks ci_user:acme-release now`},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				_, err := editWith(t, c.editing, c.property, c.before, c.after)
				expectError(t, err, "SignPath carried out an edit of ", c.want, "somebody else did it at the same time", "SignPath's web application, or apply")
				var lost *api.LostPropertiesError
				if !errors.As(err, &lost) || !lost.Done || len(lost.Lost)+len(lost.Changed) != 1 {
					t.Errorf("got %+v", lost)
				}
			})
		})
	}
	for name, c := range map[string]struct {
		editing
		property      string
		before, after any
		want          string
	}{
		"a submitter more":       {policy, "submitters", []string{}, []string{"{builder}"}, `ci_user:acme-release came onto its submitters`},
		"another approver more":  {policy, "approvers", []string{}, []string{"{builder}", "{officer}"}, `ci_user:acme-release came onto its approvers`},
		"another purpose":        {policy, "purpose", "Release", "Test", `its property purpose changed from "Release" to "Test"`},
		"another name of a user": {ofUser, "name", "Lead", "Dev", `its property name changed from "Lead" to "Dev"`},
	} {
		t.Run(name, func(t *testing.T) {
			inFakeTime(t, func(t *testing.T) {
				warnings, err := editWith(t, c.editing, c.property, c.before, c.after)
				if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0], c.want) || !strings.HasSuffix(warnings[0], "Terraform did not ask for that.") {
					t.Errorf("got %q, %v", warnings, err)
				}
			})
		})
	}
}

// editWith does an edit of an object of which a property is one thing before it and another
// thing after it; it asks for something else.
func editWith(t *testing.T, e editing, property string, before, after any) (api.Warnings, error) {
	t.Helper()
	o := inProcess(t)
	_, err := o.client.Directory(t.Context(), access.Kinds()...)
	o.must(err)
	o.ResetRequests()
	ids := strings.NewReplacer("{builder}", o.id(builder), "{officer}", o.id(officer), "{lead}", o.id(lead),
		"{manager}", o.id(manager), "{group}", o.id(managers))
	o.alter(e.read, 0, always, func(body []byte) []byte {
		value := before
		if o.CountRequests(e.write) > 0 {
			value = after
		}
		return []byte(ids.Replace(string(with(map[string]any{property: value})(body))))
	})
	defer func() { o.expectRequests(1, e.write) }()
	switch change := (api.PrincipalChange{Settings: notify("new@example.com")}); e.name {
	case "a user":
		return o.client.EditPrincipal(t.Context(), access.KindUser, o.id(lead), change)
	case "a CI user":
		return o.client.EditPrincipal(t.Context(), access.KindCIUser, o.id(builder), change)
	case "a user group":
		return o.client.ChangeMembers(t.Context(), members(o, managers), o.ids(officer), o.ids(manager))
	}
	return o.client.ChangeMembers(t.Context(), approvers(releaseA), o.ids(officer), o.ids(lead))
}

// An activation that changes the role of the user, or clears what it had.
func TestAnActivationThatDoesMore(t *testing.T) {
	for name, c := range map[string]struct {
		then map[string]any
		want string
	}{
		"the role":             {map[string]any{"role": "GlobalAdministrator"}, "the role, which was RegularUser and is GlobalAdministrator now"},
		"the notification":     {map[string]any{"notificationEmailAddress": nil}, `the notification e-mail address, which held "build@example.com"`},
		"nothing but the name": {map[string]any{"name": "other"}, ""},
	} {
		for _, active := range []bool{false, true} {
			t.Run(fmt.Sprint(name, ", ", active), func(t *testing.T) {
				inFakeTime(t, func(t *testing.T) {
					o := inProcess(t)
					o.must(o.Administrator("").SetActive(builder, !active))
					_, err := o.client.Directory(t.Context(), access.KindCIUser)
					o.must(err)
					o.alter("GET /CIUsers/{id}", 0, always, with(c.then))
					err = o.client.SetActive(t.Context(), access.KindCIUser, o.id(builder), active)
					if c.want == "" {
						o.must(err)
						return
					}
					expectError(t, err, "SignPath carried out an edit of CI user "+o.id(builder), c.want)
				})
			})
		}
	}
}

// What a create made is known by its request alone, and so proves no change.
func TestADeactivationAfterACreate(t *testing.T) {
	inFakeTime(t, func(t *testing.T) {
		o := inProcess(t)
		created, err := o.client.CreatePrincipal(t.Context(), access.Principal{Kind: access.KindCIUser, Name: "acme-new"})
		o.must(err)
		o.must(o.Administrator("").SetRole("ci_user:acme-new", mock.RoleGlobalReader))
		o.must(o.client.SetActive(t.Context(), access.KindCIUser, created.ID, false))
	})
}
