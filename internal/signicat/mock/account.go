package mock

import (
	"fmt"
	"slices"
	"time"
)

const defaultAccounts = 50

// largestAccounts is the mock's own: no largest limit is documented.
const largestAccounts = 1000

func (s *Server) listAccounts(c *call) (any, *refusal) {
	deleted, refused := deletedParameter(c.Request)
	if refused != nil {
		return nil, refused
	}
	p, refused := s.begin(c, "page", fmt.Sprintf("accounts of %q, deleted %t", c.client.ID, deleted))
	if refused != nil {
		return nil, refused
	}
	limit, refused := s.limit(c, defaultAccounts, largestAccounts)
	if refused != nil {
		return nil, refused
	}
	var items []any
	for _, account := range s.accounts {
		if s.sees(c, account) && (s.dialect.DeletedIgnored || account.Deleted.IsZero() != deleted) {
			items = append(items, s.renderAccount(account))
		}
	}
	return s.list(c, "page", p, limit, items), nil
}

func (s *Server) readAccount(c *call) (any, *refusal) {
	deleted, refused := deletedParameter(c.Request)
	if refused != nil {
		return nil, refused
	}
	at := slices.IndexFunc(s.accounts, func(a AccountSeed) bool { return a.ID == c.Variables["accountId"] })
	if at < 0 || !s.sees(c, s.accounts[at]) || !s.dialect.DeletedIgnored && s.accounts[at].Deleted.IsZero() == deleted {
		return nil, notFound("There is no such account.")
	}
	return s.renderAccount(s.accounts[at]), nil
}

// sees tells whether the client is one of the organisation, or of that account.
func (s *Server) sees(c *call, account AccountSeed) bool {
	return c.client.Account == "" || c.client.Account == account.ID
}

func (s *Server) renderAccount(account AccountSeed) map[string]any {
	rendered := map[string]any{
		"id": account.ID, "name": account.Name, "createdDate": s.date(account.Created), "lastModifiedDate": s.date(account.Modified),
		"isSoftDeleted": s.boolean(!account.Deleted.IsZero()), "softDeletedAt": nil, "organization": s.renderOrganisation(account),
		"isSandbox": s.boolean(account.Sandbox), "region": "EU", "cloud": "GCP", "enabled": s.boolean(!account.Disabled),
		"isDeleteProtected": s.boolean(account.DeleteProtected), "products": account.Products,
	}
	if !account.Deleted.IsZero() {
		rendered["isSoftDeleted"], rendered["softDeletedAt"] = true, s.date(account.Deleted)
	}
	if s.dialect.UnknownProperties {
		rendered["mockProperty"] = map[string]any{"level": 3}
	}
	return rendered
}

func (s *Server) renderOrganisation(account AccountSeed) any {
	if s.dialect.NoOrganisation {
		return nil
	}
	organisation := s.organisation
	if account.Organisation != nil {
		organisation = *account.Organisation
	}
	return map[string]any{
		"id": organisation.ID, "name": organisation.Name, "entityId": nil, "entityVatNumber": nil, "entityLegalName": organisation.Name,
		"country": organisation.Country,
	}
}

// date renders a time; an unknown one as an empty text.
func (s *Server) date(at time.Time) string {
	if at.IsZero() || s.dialect.EmptyDates {
		return ""
	}
	return at.UTC().Format(time.RFC3339)
}

func (s *Server) boolean(value bool) any {
	if s.dialect.NullBooleans {
		return nil
	}
	return value
}
