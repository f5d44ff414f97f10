package mock

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What the Dashboard refuses of accounts.
var (
	// ErrProtected is that an account is protected from being deleted.
	ErrProtected = errors.New("the account is protected from being deleted")
	// ErrNotDeleted is that an account is not deleted, and so cannot be restored; ErrDeleted the opposite.
	ErrNotDeleted = errors.New("the account is not deleted")
	ErrDeleted    = errors.New("the account is deleted")
)

// CreateAccount makes an account. Without an id it gets one. Organisation Admins can.
func (d *Dashboard) CreateAccount(account AccountSeed) (id string, err error) {
	s := d.server
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if !s.access.mayGrant(key(d.by), ScopeOrganisation) {
		return "", ErrForbidden
	}
	if account.ID == "" {
		account.ID = map[bool]string{true: "a-spge-", false: "a-ppge-"}[account.Sandbox] + strings.ToUpper(s.newID())
	}
	if s.accountIndex(account.ID) >= 0 {
		return "", fmt.Errorf("there is an account %s already", account.ID)
	}
	if account.Created.IsZero() {
		account.Created, account.Modified = s.now(), s.now()
	}
	s.accounts = append(s.accounts, account)
	s.record(deed{ActCreateAccount, d.by, account.ID, account.ID, nil})
	return account.ID, nil
}

func (s *Server) accountIndex(id string) int {
	return slices.IndexFunc(s.accounts, func(a AccountSeed) bool { return a.ID == id })
}

// DeleteAccount soft-deletes an account. Organisation Admins can.
func (d *Dashboard) DeleteAccount(id string) error {
	return d.changeAccount(ActDeleteAccount, id, func(account *AccountSeed) error {
		switch {
		case account.DeleteProtected:
			return ErrProtected
		case !account.Deleted.IsZero():
			return ErrDeleted
		}
		account.Deleted = d.server.now()
		return nil
	})
}

// RestoreAccount takes the soft deletion of an account back. Organisation Admins can.
func (d *Dashboard) RestoreAccount(id string) error {
	return d.changeAccount(ActRestoreAccount, id, func(account *AccountSeed) error {
		if account.Deleted.IsZero() {
			return ErrNotDeleted
		}
		account.Deleted = time.Time{}
		return nil
	})
}

// ReplaceAccount puts an account of the other type, with the same id, in the place of one. No Dashboard can: the type cannot
// be changed (documented). It is for tests of what a client makes of it.
func (d *Dashboard) ReplaceAccount(id string) error {
	return d.changeAccount(ActReplaceAccount, id, func(account *AccountSeed) error {
		account.Sandbox, account.Created = !account.Sandbox, d.server.now()
		return nil
	})
}

func (d *Dashboard) changeAccount(act Act, id string, change func(*AccountSeed) error) error {
	s := d.server
	return s.act(deed{act, d.by, id, id, nil}, func() error {
		if !s.access.mayGrant(key(d.by), ScopeOrganisation) {
			return ErrForbidden
		}
		account := &s.accounts[s.accountIndex(id)]
		if err := change(account); err != nil {
			return err
		}
		account.Modified = s.now()
		return nil
	})
}
