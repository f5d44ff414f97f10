package mock_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/ignisign/mock"
)

// difference is what a deviation changes.
type difference struct {
	show                 func(client) string
	byDefault, deviating string
	// isOutside is true for what the contract does not have.
	isOutside bool
}

var allUsers = object{"DEVELOPMENT": []string{"USER"}, "STAGING": []string{"USER"}, "PRODUCTION": []string{"USER"}}

func editing(id string) func(client) string {
	return func(c client) string {
		outcome := c.send(http.MethodPut, invitations+"/"+id, object{"roles": allUsers}).outcome()
		return outcome + ", " + lineOf(c.members(), "release.manager")
	}
}

func cancelling(id string) func(client) string {
	return func(c client) string {
		outcome := c.send(http.MethodDelete, invitations+"/"+id, nil).outcome()
		return strings.Join([]string{outcome, lineOf(c.list(), "release.manager"), lineOf(c.members(), "release.manager")}, ", ")
	}
}

func lineOf(lines, begin string) string {
	for _, line := range strings.Split(lines, "\n") {
		if strings.HasPrefix(line, begin) {
			return line
		}
	}
	return "nothing"
}

func outcomeOf(method, path string, body any) func(client) string {
	return func(c client) string { return c.send(method, path, body).outcome() }
}

func invitingAgain(email string) func(client) string {
	return func(c client) string {
		outcome := c.invite(email, allUsers).outcome()
		var records []string
		for _, line := range strings.Split(c.list(), "\n") {
			if strings.HasPrefix(line, email) {
				records = append(records, line)
			}
		}
		return fmt.Sprint(outcome, ", ", strings.Join(records, ", "), ", mails: ", len(c.server.Mails()))
	}
}

func both(first, second func(client) string) func(client) string {
	return func(c client) string { return first(c) + "; " + second(c) }
}

func onV3(show func(client) string) func(client) string {
	return func(c client) string { return show(c.on("v3")) }
}

var (
	listing        = func(c client) string { return c.get(invitations).status200() }
	readingContext = func(c client) string { return c.get(appContext).status200() }
)

// status200 is outcome for an answer that may be a list.
func (r reply) status200() string {
	if r.status == http.StatusOK {
		return "OK"
	}
	return r.outcome()
}

// numbers are those of pages, with how many events they have.
func numbers(queries ...string) func(client) string {
	return func(c client) string {
		var pages []string
		for _, query := range queries {
			users, search := c.page(query)
			pages = append(pages, fmt.Sprint(search["page"], ": ", len(users)))
		}
		return strings.Join(pages, ", ")
	}
}

var differences = map[string]difference{
	"cancel-accepted-keeps-member": {
		show:      cancelling(accepted),
		byDefault: "Bad Request NO_PENDING_USER_INVITATION, release.manager@example.com ACCEPTED, release.manager@example.com //USER",
		deviating: "OK, release.manager@example.com CANCELED, release.manager@example.com //USER",
	},
	"cancel-accepted-removes-member": {
		show:      cancelling(accepted),
		byDefault: "Bad Request NO_PENDING_USER_INVITATION, release.manager@example.com ACCEPTED, release.manager@example.com //USER",
		deviating: "OK, release.manager@example.com CANCELED, nothing",
	},
	"cancel-removes-record": {
		show: func(c client) string {
			status := c.send(http.MethodDelete, invitations+"/"+pending, nil).ok().object()["status"]
			return fmt.Sprint(status, ", ", lineOf(c.list(), "dev.lead"))
		},
		byDefault: "CANCELED, dev.lead@example.com CANCELED",
		deviating: "CANCELED, nothing",
	},
	"context-of-own-environment": {
		show: func(c client) string {
			return fmt.Sprint(c.environment("DEVELOPMENT") != nil, " ", c.environment("PRODUCTION") != nil)
		},
		byDefault: "true true",
		deviating: "true false",
	},
	"context-without-client-secret": {
		show: func(c client) string {
			body := c.get(appContext).ok().body
			return fmt.Sprint(strings.Contains(body, "MockOnlyClientSecret"), " ", strings.Contains(body, "MockOnlyCertificate"))
		},
		byDefault: "true true",
		deviating: "false true",
	},
	"edit-accepted-changes-member": {
		show:      editing(accepted),
		byDefault: "Bad Request NO_PENDING_USER_INVITATION, release.manager@example.com //USER",
		deviating: "OK, release.manager@example.com USER/USER/USER",
	},
	"edit-accepted-changes-nothing": {
		show:      editing(accepted),
		byDefault: "Bad Request NO_PENDING_USER_INVITATION, release.manager@example.com //USER",
		deviating: "OK, release.manager@example.com //USER",
	},
	"edit-by-post": {
		show: both(outcomeOf(http.MethodPut, invitations+"/"+pending, object{"roles": allUsers}),
			outcomeOf(http.MethodPost, invitations+"/"+pending, object{"roles": allUsers})),
		byDefault: "OK; Not Found UNKNOWN_ERROR",
		deviating: "Not Found UNKNOWN_ERROR; OK",
	},
	"edit-by-put-and-post": {
		show: both(onV3(outcomeOf(http.MethodPut, invitations+"/"+pending, object{"roles": allUsers})),
			onV3(outcomeOf(http.MethodPost, invitations+"/"+pending, object{"roles": allUsers}))),
		byDefault: "OK; Not Found UNKNOWN_ERROR",
		deviating: "OK; OK",
	},
	"empty-list-refused": {
		show:      func(c client) string { return c.invite(newcomer, userEverywhere).outcome() },
		byDefault: "OK",
		deviating: "Bad Request BODY_VALIDATION_FAILED",
	},
	"events-from-zero": {
		show:      numbers("page=0", "page=1", ""),
		byDefault: "1: 3, 1: 3, 1: 3",
		deviating: "0: 3, 1: 0, 0: 3",
	},
	"events-oldest-first": {
		show: func(c client) string {
			first := c.get(events).ok().object()["events"].([]any)[0].(object)
			return first["action"].(string)
		},
		byDefault: "SETTINGS_UPDATED",
		deviating: "COMPLETED",
	},
	"events-strict": {
		show:      outcomeOf(http.MethodGet, events+"?page=0", nil),
		byDefault: "OK",
		deviating: "Bad Request QUERY_VALIDATION_FAILED",
	},
	"feature-forbidden": {
		show: func(c client) string {
			answer := c.get(invitations)
			if answer.status == http.StatusOK {
				return "OK"
			}
			missing := answer.object()["context"].(object)["missing"].([]any)[0].(object)
			return fmt.Sprint(answer.outcome(), " ", missing["feature"], " ", missing["claims"], "; ", readingContext(c))
		},
		byDefault: "OK",
		deviating: "Forbidden ORGANIZATION_FEATURE_FORBIDDEN APP_MEMBERS_MANAGEMENT [WRITE]; OK",
	},
	"feature-unauthorized": {
		show:      both(listing, readingContext),
		byDefault: "OK; OK",
		deviating: "Unauthorized UNAUTHORIZED_ERROR; OK",
	},
	"iam-roles": {
		show: func(c client) string {
			sample := object{"email": newcomer, "firstName": "Q", "lastName": "A", "roles": []string{"APP_OPERATOR"}}
			answer := c.send(http.MethodPost, invitations, sample)
			return fmt.Sprint(answer.outcome(), " ", answer.object()["roles"])
		},
		byDefault: "Bad Request BODY_VALIDATION_FAILED <nil>",
		deviating: "OK [APP_OPERATOR]",
		isOutside: true,
	},
	"lower-case-addresses": {
		show: func(c client) string {
			return c.invite("QA.Lead@Example.com", allUsers).ok().object()["email"].(string)
		},
		byDefault: "QA.Lead@Example.com",
		deviating: "qa.lead@example.com",
	},
	"message-objects": {
		show: func(c client) string {
			return fmt.Sprint(c.send(http.MethodDelete, invitations+"/"+declined, nil).object()["message"])
		},
		byDefault: "There is no pending invitation.",
		deviating: "map[en:There is no pending invitation.]",
	},
	"missing-environment-refused": {
		show: func(c client) string {
			answer := c.invite(newcomer, object{"STAGING": []string{"USER"}})
			return fmt.Sprint(answer.outcome(), " ", answer.object()["roles"])
		},
		byDefault: "OK map[DEVELOPMENT:[] PRODUCTION:[] STAGING:[USER]]",
		deviating: "Bad Request BODY_VALIDATION_FAILED <nil>",
	},
	"new-keys-on-v4-only": {
		show:      both(readingContext, onV3(readingContext)),
		byDefault: "OK; OK",
		deviating: "OK; Unauthorized INVALID_AUTH_JWT_TOKEN",
	},
	"other-environment-refused": {
		show: func(c client) string {
			return strings.Join([]string{
				c.invite(newcomer, userEverywhere).outcome(),
				c.invite("own@example.com", object{"DEVELOPMENT": []string{"USER"}}).outcome(),
				c.send(http.MethodPut, invitations+"/"+pending, object{"roles": allUsers}).outcome(),
				c.send(http.MethodDelete, invitations+"/"+pending, nil).outcome(),
				c.get(hooks).status200(), c.get(events).outcome(),
			}, "; ")
		},
		byDefault: "OK; OK; OK; OK; OK; OK",
		deviating: strings.ReplaceAll("NO; OK; NO; NO; NO; NO", "NO", "Forbidden INVALID_CONTEXT_RIGHT_NOT_ALLOWED"),
	},
	"other-method-405": {
		show: both(outcomeOf(http.MethodPost, invitations+"/"+pending, object{"roles": allUsers}),
			outcomeOf(http.MethodGet, "/applications", nil)),
		byDefault: "Not Found UNKNOWN_ERROR; Not Found UNKNOWN_ERROR",
		deviating: "Method Not Allowed UNKNOWN_ERROR; Not Found UNKNOWN_ERROR",
		isOutside: true,
	},
	"second-invitation-new": {
		show:      invitingAgain("dev.lead@example.com"),
		byDefault: "Bad Request USER_ALREADY_INVITED_BY_ORGANIZATION, dev.lead@example.com PENDING, mails: 0",
		deviating: "OK, dev.lead@example.com PENDING, dev.lead@example.com PENDING, mails: 1",
	},
	"second-invitation-same": {
		show: both(invitingAgain("dev.lead@example.com"), invitingAgain("former.supplier@example.com")),
		byDefault: "Bad Request USER_ALREADY_INVITED_BY_ORGANIZATION, dev.lead@example.com PENDING, mails: 0; " +
			"OK, former.supplier@example.com DECLINED, former.supplier@example.com PENDING, mails: 1",
		deviating: "OK, dev.lead@example.com PENDING, mails: 1; OK, former.supplier@example.com PENDING, mails: 2",
	},
	"short-tokens": {
		show: func(c client) string {
			token := c.with("").exchange("DEVELOPMENT", oldKey).ok().object()["jwtToken"].(string)
			before := c.with(token).get(appContext).outcome()
			c.get(appContext)
			return before + "; " + c.with(token).get(appContext).outcome() // more than a minute later
		},
		byDefault: "OK; OK",
		deviating: "OK; Unauthorized OUTDATED_AUTH_JWT_TOKEN",
	},
	"topic-application": {
		show: func(c client) string {
			return c.get(events).ok().object()["events"].([]any)[0].(object)["topic"].(string)
		},
		byDefault: "APP",
		deviating: "APPLICATION",
	},
	"unknown-properties-refused": {
		show: func(c client) string {
			body := object{"email": newcomer, "roles": allUsers, "firstName": "Q"}
			edit := object{"roles": allUsers, "email": newcomer}
			return both(outcomeOf(http.MethodPost, invitations, body), outcomeOf(http.MethodPut, invitations+"/"+pending, edit))(c)
		},
		byDefault: "OK; OK",
		deviating: "Bad Request BODY_VALIDATION_FAILED; Bad Request BODY_VALIDATION_FAILED",
		isOutside: true,
	},
	"v3-only": {
		show:      both(readingContext, onV3(readingContext)),
		byDefault: "OK; OK",
		deviating: "Not Found UNKNOWN_ERROR; OK",
	},
	"v4-invitations-403": {
		show:      both(both(listing, onV3(listing)), readingContext),
		byDefault: "OK; OK; OK",
		deviating: "Forbidden INVALID_CONTEXT_RIGHT_NOT_ALLOWED; OK; OK",
	},
	"v4-invitations-404": {
		show:      both(both(listing, onV3(listing)), readingContext),
		byDefault: "OK; OK; OK",
		deviating: "Not Found UNKNOWN_ERROR; OK; OK",
	},
	"v4-only": {
		show:      both(readingContext, onV3(readingContext)),
		byDefault: "OK; OK",
		deviating: "OK; Not Found UNKNOWN_ERROR",
	},
}

// Each switch shows what it changes, and nothing of it is there without it.
func TestDeviations(t *testing.T) {
	for _, deviation := range mock.Deviations() {
		test, isTested := differences[deviation.Name]
		if !isTested || deviation.About == "" {
			t.Errorf("%s has no test, or no sentence", deviation.Name)
			continue
		}
		for dialect, want := range map[string]string{"": test.byDefault, deviation.Name: test.deviating} {
			t.Run(deviation.Name+" in the dialect "+dialect, func(t *testing.T) {
				equal(t, "what it shows", test.show(test.start(t, dialect)), want)
			})
		}
	}
	equal(t, "tests", len(differences), len(mock.Deviations()))
}

// start starts the demo with a clock that goes on by half a minute each time that it is looked at.
func (d difference) start(t *testing.T, dialect string) client {
	t.Helper()
	var looks atomic.Int64
	clock := mock.WithClock(func() time.Time { return day.Add(time.Duration(looks.Add(1)) * 30 * time.Second) })
	if d.isOutside {
		return startUnjudged(t, dialect, "the contract does not have it", clock)
	}
	return start(t, dialect, clock)
}

func TestParseDialect(t *testing.T) {
	names := []string{}
	for _, deviation := range mock.Deviations() {
		names = append(names, deviation.Name)
		parsed, err := mock.ParseDialect(deviation.Name)
		must(t, err)
		equal(t, "dialect", parsed, deviation.Dialect)
		equal(t, "name", parsed.String(), deviation.Name)
	}
	if !slices.IsSorted(names) {
		t.Errorf("the deviations are not sorted: %q", names)
	}
	several, err := mock.ParseDialect("v3-only, cancel-removes-record", "events-from-zero")
	must(t, err)
	equal(t, "several", several.String(), "cancel-removes-record,events-from-zero,v3-only")
	for dialect, text := range map[string]string{
		"v5":                                           `unknown dialect "v5"`,
		"v3-only,v4-only":                              `"v4-only" excludes another`,
		"edit-by-post,edit-by-put-and-post":            "excludes another",
		"v3-only,v4-invitations-404":                   "/v4 is not served",
		"v4-only,new-keys-on-v4-only":                  "/v3 is not served",
		"feature-forbidden,feature-unauthorized":       "excludes another",
		"second-invitation-new,second-invitation-same": "excludes another",
	} {
		if _, err := mock.ParseDialect(dialect); err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("%s: got %v, want %s", dialect, err, text)
		}
	}
}
