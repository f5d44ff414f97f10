package mock

import (
	"fmt"
	"net/mail"
	"slices"
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
	Slug              string `json:"slug"` // for mapping files that name one
}

// InteractiveUserSeed describes a user that logs in. An empty role is RegularUser.
type InteractiveUserSeed struct {
	ID                string `json:"id,omitempty"`
	Name              string `json:"name"`
	Email             string `json:"email"`
	NotificationEmail string `json:"notificationEmail,omitempty"`
	Identity          string `json:"identity,omitempty"`
	Role              Role   `json:"role,omitempty"`
	Inactive          bool   `json:"inactive,omitempty"`
	Synchronized      bool   `json:"synchronized,omitempty"`
	Support           bool   `json:"support,omitempty"`
	Token             string `json:"token,omitempty"`
}

// CIUserSeed describes a CI user. An empty role is RegularUser.
type CIUserSeed struct {
	ID                string `json:"id,omitempty"`
	Name              string `json:"name"`
	NotificationEmail string `json:"notificationEmail,omitempty"`
	Role              Role   `json:"role,omitempty"`
	Inactive          bool   `json:"inactive,omitempty"`
	Token             string `json:"token,omitempty"`
}

// UserState is a user or CI user as it is now.
type UserState struct {
	ID                string
	Name              string
	Email             string // interactive users
	NotificationEmail string
	Identity          string
	Role              Role
	Active            bool
	Synchronized      bool
	HasToken          bool
}

// PrincipalChange is a change of a user or group. What is nil stays as it is.
type PrincipalChange struct {
	Name              *string `json:"name,omitempty"`
	Email             *string `json:"email,omitempty"`             // interactive users
	NotificationEmail *string `json:"notificationEmail,omitempty"` // users
	Identity          *string `json:"identity,omitempty"`          // interactive users
	Role              *Role   `json:"role,omitempty"`              // users
	Active            *bool   `json:"active,omitempty"`            // users
	Synchronized      *bool   `json:"synchronized,omitempty"`      // interactive users and groups
	Description       *string `json:"description,omitempty"`       // groups
}

// userSetting is a text of users that may be empty.
type userSetting struct {
	property string
	kinds    []kind
	of       func(*user) *string
	check    func(e *edit, property, text string)
}

var userSettings = []userSetting{
	{propNotification, []kind{kindInteractiveUser, kindCIUser}, func(u *user) *string { return &u.NotificationEmail }, (*edit).checkEmail},
	{propIdentity, []kind{kindInteractiveUser}, func(u *user) *string { return &u.Identity }, nil},
}

// settingProperties are the properties of the settings of users.
func settingProperties() []string {
	properties := make([]string, len(userSettings))
	for i, setting := range userSettings {
		properties[i] = setting.property
	}
	return properties
}

// settings are those that the user's kind has.
func (u *user) settings() []userSetting {
	return slices.DeleteFunc(slices.Clone(userSettings), func(s userSetting) bool { return !slices.Contains(s.kinds, u.Kind) })
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

func (u *user) interactiveSeed() InteractiveUserSeed {
	return InteractiveUserSeed{
		ID:                u.ID,
		Name:              u.Name,
		Email:             u.Email,
		NotificationEmail: u.NotificationEmail,
		Identity:          u.Identity,
		Role:              u.Role,
		Inactive:          !u.IsActive,
		Synchronized:      u.IsSynchronized,
		Support:           u.IsSupport,
	}
}

func (u *user) ciSeed() CIUserSeed {
	return CIUserSeed{
		ID:                u.ID,
		Name:              u.Name,
		NotificationEmail: u.NotificationEmail,
		Role:              u.Role,
		Inactive:          !u.IsActive,
	}
}

func (u *user) state() UserState {
	return UserState{
		ID:                u.ID,
		Name:              u.Name,
		Email:             u.Email,
		NotificationEmail: u.NotificationEmail,
		Identity:          u.Identity,
		Role:              u.Role,
		Active:            u.IsActive,
		Synchronized:      u.IsSynchronized,
		HasToken:          u.TokenHash != "",
	}
}

func (p PrincipalChange) applyToUser(u *user) {
	assign(&u.Name, p.Name)
	assign(&u.Email, p.Email)
	assign(&u.NotificationEmail, p.NotificationEmail)
	assign(&u.Identity, p.Identity)
	assign(&u.Role, p.Role)
	assign(&u.IsActive, p.Active)
	assign(&u.IsSynchronized, p.Synchronized)
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
		return entity{}, fmt.Errorf("%s %q: %w", u.Kind, u.key(), u.Role.unknown())
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
	o.slugify(u.ID, u.key(), &u.Slug)
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
		propID:       u.ID,
		propLink:     r.linkOf(thing(u.Kind), u.ID),
		propName:     u.Name,
		propRole:     string(u.Role),
		propIsActive: u.IsActive,
	}
	for _, setting := range u.settings() {
		rendered[setting.property] = nullable(*setting.of(u))
	}
	if u.Kind == kindInteractiveUser {
		rendered[propAccountEmail] = u.Email
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
