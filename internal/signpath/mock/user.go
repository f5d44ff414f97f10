package mock

import (
	"fmt"
	"net/mail"
	"strings"
)

// user is an interactive user or a CI user.
type user struct {
	Kind              kind   `json:"kind"`
	ID                string `json:"id"`
	Name              string `json:"name"`
	Email             string `json:"email,omitempty"` // interactive users
	NotificationEmail string `json:"notificationEmail,omitempty"`
	Identity          string `json:"identity,omitempty"` // interactive users
	Role              Role   `json:"role"`
	IsActive          bool   `json:"isActive"`
	IsSynchronized    bool   `json:"isSynchronized,omitempty"` // interactive users
	IsSupport         bool   `json:"isSupport,omitempty"`      // interactive users
	TokenHash         string `json:"tokenHash,omitempty"`
}

func (o *organization) addInteractiveUser(seed InteractiveUserSeed) (entity, error) {
	return o.addUser(&user{
		Kind:              kindInteractiveUser,
		ID:                seed.ID,
		Name:              seed.Name,
		Email:             seed.Email,
		NotificationEmail: seed.NotificationEmail,
		Identity:          seed.Identity,
		Role:              seed.Role,
		IsActive:          !seed.Inactive,
		IsSynchronized:    seed.Synchronized,
		IsSupport:         seed.Support,
	}, seed.Token)
}

func (o *organization) addCIUser(seed CIUserSeed) (entity, error) {
	return o.addUser(&user{
		Kind:              kindCIUser,
		ID:                seed.ID,
		Name:              seed.Name,
		NotificationEmail: seed.NotificationEmail,
		Role:              seed.Role,
		IsActive:          !seed.Inactive,
	}, seed.Token)
}

func (o *organization) addUser(u *user, token string) (entity, error) {
	if u.Name == "" || u.key() == "" {
		return entity{}, fmt.Errorf("a %s needs a name, an interactive user an e-mail, too: %+v", wireKinds[u.Kind].title, *u)
	}
	id, err := o.newID(u.ID, u.Kind, u.key())
	if err != nil {
		return entity{}, err
	}
	if u.Role == "" {
		u.Role = RoleRegularUser
	}
	if !u.Role.isKnown() {
		return entity{}, fmt.Errorf("%s %q: unknown role %q", u.Kind, u.key(), u.Role)
	}
	if u.Kind == kindInteractiveUser && o.isEmailTaken(u.Email, "") {
		return entity{}, fmt.Errorf("there are two interactive users with the e-mail %q", u.Email)
	}
	if token != "" {
		u.TokenHash = hashToken(token)
	}
	u.ID = id
	o.insertUser(u)
	return u.entity(), nil
}

func (o *organization) insertUser(u *user) {
	o.Users = append(o.Users, u)
	o.usersByID[u.ID] = u
}

// key is what references name the user by.
func (u *user) key() string {
	if u.Kind == kindInteractiveUser {
		return u.Email
	}
	return u.Name
}

// isNamed compares e-mails without case and names exactly.
func (u *user) isNamed(key string) bool {
	if u.Kind == kindInteractiveUser {
		return strings.EqualFold(u.Email, key)
	}
	return u.Name == key
}

func (u *user) entity() entity { return entity{wireKinds[u.Kind].event, u.ID, u.Name} }

func (u *user) lists() map[string]*[]string { return nil }

func (u *user) render(r renderer) object {
	rendered := object{
		propID:           u.ID,
		propLink:         r.link(wireKinds[u.Kind].path, u.ID),
		propName:         u.Name,
		propNotification: nullable(u.NotificationEmail),
		propRole:         r.dialect.roleValue(u.Role),
		propIsActive:     r.dialect.truth(u.IsActive),
	}
	if u.Kind == kindInteractiveUser {
		rendered[propAccountEmail] = u.Email
		rendered[propIdentity] = nullable(u.Identity)
		rendered[propIsSynchronized] = u.IsSynchronized
		rendered[propIsSupportUser] = u.IsSupport
	}
	return rendered
}

// isEmailTaken compares the e-mails of interactive users without case. USR: accounts of one e-mail are one account.
func (o *organization) isEmailTaken(email, exceptID string) bool {
	for _, u := range o.Users {
		if u.Kind == kindInteractiveUser && u.ID != exceptID && strings.EqualFold(u.Email, email) {
			return true
		}
	}
	return false
}

// isCIUserNameTaken tells whether there is a CI user of the name. That names are unique is an assumption.
func (o *organization) isCIUserNameTaken(name, exceptID string) bool {
	for _, u := range o.Users {
		if u.Kind == kindCIUser && u.ID != exceptID && u.Name == name {
			return true
		}
	}
	return false
}

// isEmail is as strict as net/mail. Changelog 1.157.0 only says that the validation became stricter.
func isEmail(text string) bool {
	address, err := mail.ParseAddress(text)
	return err == nil && address.Name == "" && address.Address == text
}
