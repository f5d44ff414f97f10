package review

import (
	"fmt"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
	"github.com/signpath-community/terraform-provider-signpath/internal/signicat/vocabulary"
)

// Review compares what is stated with what is live. What is not known makes no rule fire; it is a gap.
func Review(stated Stated, live Live, settings baseline.Settings) baseline.LiveReport {
	r := &reviewer{LiveReviewer: baseline.LiveReviewer{Rules: Rules(), Settings: settings}, stated: stated, live: live}
	r.declaredAccounts()
	r.otherAccounts()
	r.events()
	return r.Report(cannotSee(stated)...)
}

type reviewer struct {
	baseline.LiveReviewer
	stated Stated
	live   Live
}

// declaredAccounts compares the accounts of the baseline with those that are live.
func (r *reviewer) declaredAccounts() {
	for _, declared := range r.stated.Places {
		key := r.stated.Model.Vocabulary.PlaceKey(declared.Place)
		if declared.ID == "" {
			r.Gap("The baseline has no id for %s, so nothing is compared with it.", key)
			continue
		}
		account, found := r.liveAccount(declared.ID)
		if !found {
			r.Find(RuleUnknownAccount, key, "%s has the id %s, which is not among the %s that Signicat shows to this API client, deleted ones included.",
				key, declared.ID, review.Count(len(r.live.Accounts), "account"))
			continue
		}
		r.declaredAccount(key, declared, account)
	}
}

func (r *reviewer) declaredAccount(key string, declared baseline.DeclaredPlace, account Account) {
	switch {
	case account.Organisation == "" || r.stated.Organization == "":
		r.Gap("Signicat does not tell to which organisation %s belongs (%s).", key, account.ID)
	case account.Organisation != r.stated.Organization:
		r.Find(RuleOtherOrganisation, key, "%s (%s) belongs to the organisation %s, and not to %s.", key, account.ID, account.Organisation, r.stated.Organization)
	}
	switch {
	case declared.Type == "":
		r.Gap("The baseline does not say whether %s is for production or a sandbox, so that is not compared.", key)
	case account.Type == "":
		r.Gap("Signicat does not tell whether %s is for production or a sandbox (%s).", key, account.ID)
	case declared.Type != string(account.Type):
		r.Find(RuleTypeDiffers, key, "%s is %s in the baseline, and %s is %s at Signicat.", key, declared.Type, account.ID, account.Type)
	}
	switch account.Deleted {
	case access.AnswerYes:
		r.Find(RuleDeletedAccount, key, "%s (%s) is soft-deleted.", key, account.ID)
	case access.AnswerUnknown:
		r.Gap("Signicat lists %s both with deleted accounts and with others, and does not tell whether it is deleted (%s).", key, account.ID)
	}
	if account.Enabled == access.AnswerNo {
		r.Find(RuleDisabledAccount, key, "%s (%s) is not enabled, as the API says; what that means for access is not documented.", key, account.ID)
	}
}

func (r *reviewer) liveAccount(id string) (Account, bool) {
	i := slices.IndexFunc(r.live.Accounts, func(a Account) bool { return a.ID == id })
	if i < 0 {
		return Account{}, false
	}
	return r.live.Accounts[i], true
}

// otherAccounts are those that are live, and that the baseline does not mention.
func (r *reviewer) otherAccounts() {
	inherited := r.organisationRoles()
	if !slices.ContainsFunc(r.live.Accounts, func(a Account) bool { return !r.isElsewhere(a) }) {
		r.Gap("None of the %s that Signicat shows to this API client is of the organisation %s, so which ones that has is not told.",
			review.Count(len(r.live.Accounts), "account"), r.stated.Organization)
	}
	for _, account := range r.live.Accounts {
		isDeclared := slices.ContainsFunc(r.stated.Places, func(p baseline.DeclaredPlace) bool { return p.ID == account.ID })
		if isDeclared || r.isElsewhere(account) || account.Deleted == access.AnswerYes {
			continue
		}
		sentence := fmt.Sprintf("The baseline does not mention the account %s.", account.describe())
		if account.Organisation == "" {
			sentence += " Signicat does not tell to which organisation it belongs; if it is this one:"
		}
		if account.Deleted == access.AnswerUnknown {
			sentence += " Whether it is deleted is not known; if it is not:"
		}
		r.Find(RuleAccountWithoutEntry, account.ID, "%s %s%s", sentence, inherited, r.perhapsDeclared())
	}
}

// isElsewhere tells whether an account is of another organisation for sure: an id that differs in case
// alone may be the same.
func (r *reviewer) isElsewhere(a Account) bool {
	return a.Organisation != "" && r.stated.Organization != "" && !strings.EqualFold(a.Organisation, r.stated.Organization)
}

// describe names an account that has no key.
func (a Account) describe() string {
	kind := string(a.Type)
	if kind == "" {
		kind = "type not known"
	}
	if a.Name == "" {
		return fmt.Sprintf("%s (%s)", a.ID, kind)
	}
	return fmt.Sprintf("%s (%q, %s)", a.ID, a.Name, kind)
}

// organisationRoles says which roles hold in each account of the organisation.
func (r *reviewer) organisationRoles() string {
	count, roles := map[access.Role]int{}, []string{}
	for _, g := range r.stated.Grants {
		if g.Place == (access.Place{}) {
			count[g.Role]++
		}
	}
	for role, n := range count {
		roles = append(roles, fmt.Sprintf("%q (%s)", role, review.Count(n, "principal")))
	}
	if len(roles) == 0 {
		return "The baseline grants nothing on the organisation, so by the baseline nothing holds there."
	}
	slices.Sort(roles)
	return "What the baseline grants on the organisation holds there, too: " + review.Enumerate(roles) + "."
}

// perhapsDeclared names the accounts of the baseline that any account may be.
func (r *reviewer) perhapsDeclared() string {
	var keys []string
	for _, declared := range r.stated.Places {
		if declared.ID == "" {
			keys = append(keys, r.stated.Model.Vocabulary.PlaceKey(declared.Place))
		}
	}
	if len(keys) == 0 {
		return ""
	}
	return fmt.Sprintf(" It may be %s, of which the baseline has no id.", strings.Join(keys, " or "))
}

// cannotSee says what no review of this kind can see.
func cannotSee(stated Stated) []string {
	all := []string{
		"Users, invitations, roles, permissions, grants and API clients: no API of Signicat is known to show them, so no grant of the baseline was compared with anything.",
		"What a role allows, custom roles, who a domain stands for, and what is inherited from a parent organisation: no page says it.",
		"Accounts that Signicat does not show to the API client, which may be all but its own.",
	}
	if len(stated.Filters) == 0 {
		return append(all, "Audit events: no filter was given. "+
			"Which events tell of access is not published; signicat_audit_metadata shows by what they can be asked for.")
	}
	return append(all,
		"Audit events outside the filters, and whether the filters find what changes access: which events tell of it is not published.",
		"Audit events that Signicat no longer gives: for how long it keeps them is not known. "+
			"It gives 30 days unless asked for more, and an older text says 60 days at most.",
		baseline.DayIsOfUTC,
		"Audit events of other accounts than those that the API client may ask for: the Dashboard shows events of one account at a time, and whether grants on an organisation are in any is not known.",
	)
}

// TypeOf returns the type of an account by what the API says of it; nil is unknown.
func TypeOf(isSandbox *bool) vocabulary.AccountType {
	switch {
	case isSandbox == nil:
		return ""
	case *isSandbox:
		return vocabulary.Sandbox
	}
	return vocabulary.Production
}
