package mock

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/mockserver"
)

// Seed describes an application and what is around it. It says what is there, not what the server would accept. A missing
// id is derived from the kind and the key of the object, and so is the same in every run.
type Seed struct {
	Application Application  `json:"application"`
	APIKeys     []APIKey     `json:"apiKeys,omitempty"`
	Webhooks    []Webhook    `json:"webhooks,omitempty"`
	SSOConfigs  []SSOConfig  `json:"ssoConfigs,omitempty"`
	Members     []Member     `json:"members,omitempty"`
	Invitations []Invitation `json:"invitations,omitempty"`
}

// Application is the application itself.
type Application struct {
	// ID is "appId_" and a UUID.
	ID string `json:"id"`
	// Organization is the id of the organization: 24 hexadecimal digits.
	Organization string `json:"organization,omitempty"`
	Name         string `json:"name"`
	// Status is ACTIVE, which it is by default, BLOCKED, ARCHIVED or ORG_ARCHIVED.
	Status string `json:"status,omitempty"`
	// Type is SIGNATURE by default.
	Type string `json:"type,omitempty"`
	// APIVersion is V4, which it is by default, or V3.
	APIVersion string `json:"apiVersion,omitempty"`
}

// APIKey is a key of an application and an environment.
type APIKey struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Environment string `json:"environment"`
	// Secret is the whole key: "skv2_development_UUID_…" of a new one, "sk_development_…" of an old one. A key without one
	// only stands in the context.
	Secret string `json:"secret,omitempty"`
	// Status is ACTIVE, which it is by default, or REVOCATED.
	Status      string   `json:"status,omitempty"`
	Restricted  bool     `json:"restricted,omitempty"`
	Permissions []string `json:"permissions,omitempty"`
}

// Webhook is a webhook of an environment, with what was sent to it.
type Webhook struct {
	ID          string  `json:"id,omitempty"`
	Environment string  `json:"environment"`
	URL         string  `json:"url"`
	Description string  `json:"description,omitempty"`
	Disabled    bool    `json:"disabled,omitempty"`
	Events      []Event `json:"events,omitempty"`
}

// Event is a message to a webhook.
type Event struct {
	ID string `json:"id,omitempty"`
	// Topic is "" for an event of the application, whose name is Dialect.TopicApplication's.
	Topic  string `json:"topic,omitempty"`
	Action string `json:"action"`
	// UserID is in the content of MEMBERSHIP_UPDATED.
	UserID string `json:"userId,omitempty"`
	// Status is SUCCESS, which it is by default, PENDING or FAILED.
	Status string    `json:"status,omitempty"`
	At     time.Time `json:"at"`
}

// SSOConfig is a configuration of single sign-on.
type SSOConfig struct {
	ID          string `json:"id,omitempty"`
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Environment string `json:"environment"`
	// Type is OAUTH2 or SAML.
	Type string `json:"type"`
	// Status is ACTIVE, which it is by default, or ARCHIVED.
	Status           string `json:"status,omitempty"`
	FromOrganization bool   `json:"fromOrganization,omitempty"`

	ClientID     string `json:"clientId,omitempty"`
	ClientSecret string `json:"clientSecret,omitempty"`
	ServerURL    string `json:"serverUrl,omitempty"`

	MetadataURL string `json:"metadataUrl,omitempty"`
	EntityID    string `json:"entityId,omitempty"`
	Certificate string `json:"certificate,omitempty"`
}

// Member is an accepted user of the application, whom no route of the API shows.
type Member struct {
	// ID is that of the user: 24 hexadecimal digits.
	ID    string `json:"id,omitempty"`
	Email string `json:"email"`
	Grant
}

// Invitation is an invitation of an application user.
type Invitation struct {
	ID    string `json:"id,omitempty"`
	Email string `json:"email"`
	// Status is PENDING, which it is by default, ACCEPTED, DECLINED or CANCELED. Members are seeded on their own: there may
	// be an accepted invitation of somebody who is no member any more.
	Status string `json:"status,omitempty"`
	Grant
}

//go:embed seeds/demo.json
var demoSeed []byte

// DemoSeed returns an application with a key of each environment and an old one, a webhook of PRODUCTION with events,
// single sign-on of both types, members, and an invitation of each status.
func DemoSeed() Seed { return mockserver.EmbeddedSeed[Seed](demoSeed) }

// ParseSeed reads a seed. An unknown key is an error: a typo must not silently seed something else.
func ParseSeed(document []byte) (Seed, error) { return mockserver.ParseSeed[Seed](document) }

// Secrets are the texts of the seed that a client must neither keep nor show: keys, what the context has of them, client
// secrets and certificates.
func (s Seed) Secrets() []string {
	var secrets []string
	for _, key := range s.APIKeys {
		secrets = append(secrets, key.Secret, key.displayable())
	}
	for _, sso := range s.SSOConfigs {
		secrets = append(secrets, sso.ClientSecret, sso.Certificate)
	}
	return slices.DeleteFunc(secrets, func(secret string) bool { return secret == "" })
}

// displayable is the first and the last four characters of a key.
func (k APIKey) displayable() string {
	if len(k.Secret) < 8 {
		return ""
	}
	return k.Secret[:4] + "…" + k.Secret[len(k.Secret)-4:]
}

var (
	applicationForm = regexp.MustCompile(`^appId_[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	objectForm      = regexp.MustCompile(`^[0-9a-f]{24}$`)
)

// derivedID is the id of an object that has none in its seed.
func derivedID(kind, key string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + strings.ToLower(key)))
	return hex.EncodeToString(sum[:12])
}

func orElse(value *string, otherwise string) {
	if *value == "" {
		*value = otherwise
	}
}

// completed is a copy of the seed in which everything has an id, a status and all environments.
func (s Seed) completed() Seed {
	s = s.clone()
	app := &s.Application
	orElse(&app.Organization, derivedID("organization", app.ID))
	orElse(&app.Status, "ACTIVE")
	orElse(&app.Type, "SIGNATURE")
	orElse(&app.APIVersion, "V4")
	for i := range s.APIKeys {
		s.APIKeys[i].complete()
	}
	for i := range s.Webhooks {
		s.Webhooks[i].complete()
	}
	for i := range s.SSOConfigs {
		s.SSOConfigs[i].complete()
	}
	for i := range s.Members {
		s.Members[i].complete()
	}
	for i := range s.Invitations {
		s.Invitations[i].complete(i)
	}
	return s
}

func (k *APIKey) complete() {
	orElse(&k.ID, derivedID("key", k.Environment+"/"+k.Name))
	orElse(&k.Status, "ACTIVE")
}

func (w *Webhook) complete() {
	orElse(&w.ID, derivedID("webhook", w.Environment+"/"+w.URL))
	for i := range w.Events {
		orElse(&w.Events[i].ID, derivedID("event", fmt.Sprint(w.ID, "/", i)))
		orElse(&w.Events[i].Status, "SUCCESS")
	}
}

func (c *SSOConfig) complete() {
	orElse(&c.ID, derivedID("sso", c.Environment+"/"+c.Name))
	orElse(&c.Status, "ACTIVE")
}

func (m *Member) complete() {
	orElse(&m.ID, derivedID("user", m.Email))
	if len(m.IAMRoles) == 0 {
		m.Roles = m.Roles.whole()
	}
}

func (i *Invitation) complete(at int) {
	orElse(&i.ID, derivedID("invitation", fmt.Sprint(i.Email, "/", at)))
	orElse(&i.Status, statusPending)
	if len(i.IAMRoles) == 0 {
		i.Roles = i.Roles.whole()
	}
}

func (s Seed) clone() Seed {
	s.APIKeys = slices.Clone(s.APIKeys)
	s.SSOConfigs = slices.Clone(s.SSOConfigs)
	s.Webhooks = slices.Clone(s.Webhooks)
	for i := range s.Webhooks {
		s.Webhooks[i].Events = slices.Clone(s.Webhooks[i].Events)
	}
	s.Members = slices.Clone(s.Members)
	for i := range s.Members {
		s.Members[i].Grant = s.Members[i].clone()
	}
	s.Invitations = slices.Clone(s.Invitations)
	for i := range s.Invitations {
		s.Invitations[i].Grant = s.Invitations[i].clone()
	}
	return s
}

// validate refuses a completed seed that is no application, or in which something cannot be told from something else.
func (s Seed) validate() error {
	if !applicationForm.MatchString(s.Application.ID) {
		return fmt.Errorf("seed: the id of the application has to be appId_ and a UUID in lower case, not %q", s.Application.ID)
	}
	ids := map[string]bool{}
	for _, object := range s.objects() {
		if !objectForm.MatchString(object.id) || ids[object.id] {
			return fmt.Errorf("seed: the id %q of %s is not one of its own of 24 hexadecimal digits", object.id, object.name)
		}
		ids[object.id] = true
		if object.environment != "" && !slices.Contains(environments, object.environment) {
			return fmt.Errorf("seed: %s is in %q, which is none of %q", object.name, object.environment, environments)
		}
	}
	for _, key := range s.APIKeys {
		if isNewKey(key.Secret) && !strings.HasPrefix(key.Secret, newKeyPrefix(s.Application.ID, key.Environment)) {
			return fmt.Errorf("seed: the secret of the key %q is not of its application and environment", key.Name)
		}
	}
	return nil
}

// seededObject is what validate looks at.
type seededObject struct{ name, id, environment string }

func (s Seed) objects() []seededObject {
	var objects []seededObject
	for _, key := range s.APIKeys {
		objects = append(objects, seededObject{"the key " + key.Name, key.ID, key.Environment})
	}
	for _, hook := range s.Webhooks {
		objects = append(objects, seededObject{"the webhook " + hook.URL, hook.ID, hook.Environment})
	}
	for _, sso := range s.SSOConfigs {
		objects = append(objects, seededObject{"the configuration " + sso.Name, sso.ID, sso.Environment})
	}
	for _, member := range s.Members {
		objects = append(objects, seededObject{"the member " + member.Email, member.ID, ""})
	}
	for _, invitation := range s.Invitations {
		objects = append(objects, seededObject{"the invitation of " + invitation.Email, invitation.ID, ""})
	}
	return objects
}
