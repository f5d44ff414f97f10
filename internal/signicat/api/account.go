package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// An Account is what the account API tells of one (documented). Nil and empty are for what it does
// not tell: which properties it has varies with the version.
type Account struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	// The times are as the API writes them.
	CreatedDate      string `json:"createdDate"`
	LastModifiedDate string `json:"lastModifiedDate"`
	SoftDeletedAt    string `json:"softDeletedAt"`
	IsSoftDeleted    *bool  `json:"isSoftDeleted"`
	// Organization is nil for an account of which the API does not tell it.
	Organization      *Organization `json:"organization"`
	IsSandbox         *bool         `json:"isSandbox"`
	Region            string        `json:"region"`
	Cloud             string        `json:"cloud"`
	Enabled           *bool         `json:"enabled"`
	IsDeleteProtected *bool         `json:"isDeleteProtected"`
	// Products are as the API has them; what is no text is its JSON.
	Products []Loose `json:"products"`
}

// An Organization is that of an account.
type Organization struct {
	ID              string `json:"id"`
	Name            string `json:"name"`
	EntityID        string `json:"entityId"`
	EntityVATNumber string `json:"entityVatNumber"`
	EntityLegalName string `json:"entityLegalName"`
	Country         string `json:"country"`
}

// IsOf tells whether the account belongs to an organisation, as far as the API tells.
func (a Account) IsOf(organisation string) access.Answer {
	switch {
	case a.Organization == nil || a.Organization.ID == "" || organisation == "":
		return access.AnswerUnknown
	case a.Organization.ID == organisation:
		return access.AnswerYes
	}
	return access.AnswerNo
}

// saysDeleted tells whether the account itself says that it is soft-deleted, and whether it says
// anything of it. One that is not, and tells when it was, may have been restored: its answer is unknown.
func (a Account) saysDeleted() (deleted access.Answer, says bool) {
	switch {
	case a.IsSoftDeleted == nil && a.SoftDeletedAt == "":
		return access.AnswerUnknown, false
	case a.IsSoftDeleted == nil || *a.IsSoftDeleted:
		return access.AnswerYes, true
	case a.SoftDeletedAt != "":
		return access.AnswerUnknown, true
	}
	return access.AnswerNo, true
}

// decodeAccount reads an account. One without an id could be taken for another, so it is an error.
func decodeAccount(body []byte) (Account, error) {
	account, err := decodeObject[Account](body, "id")
	switch {
	case err != nil:
		return Account{}, fmt.Errorf("an account in it: %w", err)
	case !isWord(account.ID):
		return Account{}, errors.New("an account in it has an id that is none")
	}
	return account, nil
}

// accountsPerPage is how many accounts a page has unless it is asked for more (documented).
const accountsPerPage = 50

// Accounts returns a list of accounts, whole: those that are soft-deleted, or those that the API lists
// unless it is asked for these. Accounts of other organisations are among them if the API shows them.
func (c *Client) Accounts(ctx context.Context, deleted bool) ([]Account, error) {
	query := url.Values{}
	if deleted {
		query.Set("deleted", "true")
	}
	request, err := c.request(ctx, RouteAccounts, RouteAccounts.Path, query, nil)
	if err != nil {
		return nil, err
	}
	accounts, seen := []Account{}, map[string]bool{}
	_, err = c.pages(ctx, request, "page", accountsPerPage, func(items []json.RawMessage) (bool, error) {
		for _, item := range items {
			account, err := decodeAccount(item)
			if err != nil {
				return false, err
			}
			if seen[account.ID] {
				return false, fmt.Errorf("the account %q is in the list twice, so the list cannot be trusted to be whole", account.ID)
			}
			seen[account.ID] = true
			accounts = append(accounts, account)
		}
		return true, nil
	})
	if err != nil {
		return nil, err
	}
	return accounts, nil
}

// A KnownAccount is an account, and whether it is soft-deleted, by what it says of itself and by the
// lists that it is in.
type KnownAccount struct {
	Account
	Deleted access.Answer
}

// AllAccounts returns all accounts, those that are soft-deleted included. An account in both lists
// that does not say whether it is deleted may be either: a server that does not heed what it is asked
// for answers the same list twice.
func (c *Client) AllAccounts(ctx context.Context) ([]KnownAccount, error) {
	live, err := c.Accounts(ctx, false)
	if err != nil {
		return nil, err
	}
	deleted, err := c.Accounts(ctx, true)
	if err != nil {
		return nil, err
	}
	return combine(live, deleted), nil
}

// combine makes one list of those of accounts and of soft-deleted ones.
func combine(live, deleted []Account) []KnownAccount {
	all, at := make([]KnownAccount, 0, len(live)+len(deleted)), map[string]int{}
	for _, account := range live {
		known := KnownAccount{account, access.AnswerNo}
		if answer, says := account.saysDeleted(); says {
			known.Deleted = answer
		}
		at[account.ID] = len(all)
		all = append(all, known)
	}
	for _, account := range deleted {
		answer, says := account.saysDeleted()
		i, isInBoth := at[account.ID]
		switch {
		case !isInBoth && says && answer != access.AnswerYes: // It contradicts its list.
			all = append(all, KnownAccount{account, access.AnswerUnknown})
		case !isInBoth:
			all = append(all, KnownAccount{account, access.AnswerYes})
		case answer == access.AnswerYes:
			all[i] = KnownAccount{account, access.AnswerYes}
		case answer == access.AnswerUnknown && all[i].Deleted == access.AnswerNo:
			all[i].Deleted = access.AnswerUnknown
		}
	}
	return all
}

// A Loose value is text whose form the contract does not tell: what is no text is its JSON, and null is
// empty.
type Loose string

// UnmarshalJSON implements [json.Unmarshaler]. It takes every JSON.
func (l *Loose) UnmarshalJSON(body []byte) error {
	var text *string
	if json.Unmarshal(body, &text) == nil {
		if *l = ""; text != nil {
			*l = Loose(*text)
		}
		return nil
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, body); err != nil {
		return err
	}
	*l = Loose(compact.String())
	return nil
}
