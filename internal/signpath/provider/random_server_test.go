package provider_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/testkit"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/mock"
)

var (
	randomServers    = flag.Int("servers", 200, "how many random servers are tried")
	randomServerSeed = flag.Uint64("server", 0, "the seed of the first of them, where it is not any")
)

// An objectEdit is an edit of one object, in a configuration of its own.
type objectEdit struct {
	hcl  string
	want func(outcome)
}

// objectEdits are one edit of each kind of object, of objects that exist.
func objectEdits() map[string]objectEdit {
	const (
		admin  = "org.admin@example.com"
		policy = "  project        = \"project-a\"\n  signing_policy = \"release-signing\"\n"
	)
	block := func(kind, body string) string {
		return fmt.Sprintf("resource %q \"this\" {\n%s\n}\n", "signpath_"+kind, body)
	}
	imported := func(kind, id string) string {
		return fmt.Sprintf("import {\n  to = signpath_%s.this\n  id = %q\n}\n", kind, id)
	}
	appended := func(list *[]string, member string) { *list = append(*list, member) }
	return map[string]objectEdit{
		"the address of an administrator": {
			imported("user", admin) + block("user", "name = \"Organization Admin\"\nemail = \""+admin+"\"\nnotification_email = \"alerts@example.com\""),
			func(o outcome) {
				o.user(admin).Name, o.user(admin).NotificationEmail = "Organization Admin", "alerts@example.com"
			},
		},
		"the address of a CI user": {
			imported("ci_user", "foreign-build") + block("ci_user", "name = \"foreign-build\"\nnotification_email = \"builds@example.com\""),
			func(o outcome) { o.ciUser("foreign-build").NotificationEmail = "builds@example.com" },
		},
		"the description of a group": {
			imported("user_group", "Release Managers") + block("user_group", "name = \"Release Managers\"\ndescription = \"Who releases\""),
			func(o outcome) { o.group("Release Managers").Description = "Who releases" },
		},
		"a role": {
			block("role_assignment", "member = \""+lead+"\"\nrole = \"GlobalReader\""),
			func(o outcome) { o.user("dev.lead@example.com").Role = mock.RoleGlobalReader },
		},
		"an approver": {
			block("signing_policy_approver", policy+"member = \""+officer+"\""),
			func(o outcome) { appended(&o.policy("project-a", "release-signing").Approvers, officer) },
		},
		"the submitters": {
			imported("signing_policy_submitters", "project-b/release-signing") +
				block("signing_policy_submitters", "project = \"project-b\"\nsigning_policy = \"release-signing\"\nmembers = [\"ci_user:foreign-build\"]"),
			func(o outcome) {
				o.policy("project-b", "release-signing").Submitters = []string{"ci_user:foreign-build"}
			},
		},
		"a reader": {
			block("project_reader", "project = \"project-b\"\nmember = \""+outsider+"\""),
			func(o outcome) { appended(&o.project("project-b").Readers, outsider) },
		},
		"a configurator": {
			block("project_configurator", "project = \"project-a\"\nmember = \""+outsider+"\""),
			func(o outcome) { appended(&o.project("project-a").Configurators, outsider) },
		},
		"a member of a group": {
			block("user_group_member", "group = \"group:Release Managers\"\nmember = \""+outsider+"\""),
			func(o outcome) { appended(&o.group("Release Managers").Members, outsider) },
		},
		"an account": {
			imported("user", "outsider@example.com") + block("user", "name = \"Outsider\"\nemail = \"outsider@example.com\"\nactive = false"),
			func(o outcome) {
				o.user("outsider@example.com").Name, o.user("outsider@example.com").Inactive = "Outsider", true
			},
		},
		"a token": {
			block("ci_user_token", "ci_user = \"ci_user:foreign-build\""), func(outcome) {},
		},
	}
}

// TestRandomServers edits one object of each kind, and does the main job, at servers
// that keep what is documented and are else as somebody may have built them. Each time
// the outcome is what was asked for, or nothing was lost: no setting, no role, no token
// and no grant.
func TestRandomServers(t *testing.T) {
	var right, refused, partly atomic.Int32
	edits := objectEdits()
	first := rand.Uint64() >> 32
	count := *randomServers
	if *randomServerSeed != 0 {
		first = *randomServerSeed
	}
	t.Cleanup(func() {
		t.Logf("%d servers from seed %d: %d applies as asked for, %d refused before anything was written, %d that ended half-way",
			count, first, right.Load(), refused.Load(), partly.Load())
	})
	for i := range count {
		seed := first + uint64(i)
		t.Run(fmt.Sprintf("seed %d", seed), func(t *testing.T) {
			t.Parallel()
			dialect := mock.RandomServer(rand.New(rand.NewPCG(seed, 1)))
			t.Logf("go test ./internal/signpath/provider -run TestRandomServers -args -servers 1 -server %d: %s", seed, dialect)
			// Most of what a server costs is to start an organization of its own and to read
			// its document, and the edits are of different objects: they share one.
			edited := newOrganizationIn(t, dialect, mainJobSeed)
			for _, name := range slices.Sorted(maps.Keys(edits)) {
				tried := edited.site(inProcess, edits[name].hcl).try(name, edits[name].want)
				tried.count(&right, &refused, &partly)
				time.Sleep(dialect.ListLag + dialect.ReadLag) // Or the next edit sees what was before this one.
			}
			site := newOrganizationIn(t, dialect, mainJobSeed).site(inProcess, mainJobBegun)
			begun := site.try("the main job begun", func(o outcome) { *o.Seed = afterBegun(*o.Seed) })
			begun.count(&right, &refused, &partly)
			if begun.err == nil {
				site.Write("main.tf", mainJob)
				done := site.try("the main job", func(o outcome) { *o.Seed = afterMainJob(*o.Seed) })
				done.count(&right, &refused, &partly)
			}
		})
	}
}

// An attempt is how one apply at a random server ended.
type attempt struct {
	err    error
	writes int
}

func (a attempt) count(right, refused, partly *atomic.Int32) {
	switch {
	case a.err == nil:
		right.Add(1)
	case a.writes == 0:
		refused.Add(1)
	default:
		partly.Add(1)
	}
}

// try applies and judges: the organization has to be as wanted, or as it was, or
// something in between where the apply failed. What is in neither is a fault.
func (s *site) try(name string, want func(outcome)) attempt {
	s.t.Helper()
	before := s.Snapshot()
	wanted := outcome{cloneSeed(before)}
	want(wanted)
	s.ResetRequests()
	applied := s.Apply(testkit.Options{})
	time.Sleep(10 * time.Millisecond)
	after := s.Snapshot()
	made := attempt{applied.Err, s.CountRequests("POST *") + s.CountRequests("PUT *") + s.CountRequests("PATCH *")}
	if lost := between("", plainJSON(s.t, before), plainJSON(s.t, *wanted.Seed), plainJSON(s.t, after)); len(lost) > 0 {
		s.t.Errorf("%s: what was neither there nor asked for: %s\n%s", name, strings.Join(lost, "; "), applied)
	}
	if applied.Err == nil {
		if diff := s.differences(*wanted.Seed); diff != "" {
			s.t.Errorf("%s: the apply passes, and the organization is not as configured (-want +got):\n%s", name, diff)
		}
	}
	for _, never := range []string{"panic", "crashed", "Provider produced", "inconsistent", s.Token} {
		if strings.Contains(applied.Said, never) {
			s.t.Errorf("%s: the apply says %q: %s", name, never, applied)
		}
	}
	return made
}

// between tells where a value is neither as it was nor as wanted. Members of a list
// are judged each for itself, and objects by what identifies them.
func between(at string, before, want, after any) []string {
	if reflect.DeepEqual(after, before) || reflect.DeepEqual(after, want) {
		return nil
	}
	was, isObject := before.(map[string]any)
	wished, _ := want.(map[string]any)
	is, _ := after.(map[string]any)
	if isObject || len(wished) > 0 {
		var lost []string
		names := maps.Clone(is)
		if names == nil {
			names = map[string]any{}
		}
		maps.Copy(names, was)
		maps.Copy(names, wished)
		for _, name := range slices.Sorted(maps.Keys(names)) {
			lost = append(lost, between(at+"/"+name, was[name], wished[name], is[name])...)
		}
		return lost
	}
	return []string{fmt.Sprintf("%s was %v, was to be %v and is %v", at, before, want, after)}
}

// plainJSON makes objects of lists: of members by themselves, and of objects by their
// ids, so that they can be compared one by one.
func plainJSON(t *testing.T, seed mock.Seed) any {
	t.Helper()
	encoded, err := json.Marshal(seed)
	must(t, err)
	var decoded any
	must(t, json.Unmarshal(encoded, &decoded))
	return keyed(decoded)
}

func keyed(value any) any {
	switch typed := value.(type) {
	case map[string]any:
		for name, property := range typed {
			typed[name] = keyed(property)
		}
		delete(typed, "id")
	case []any:
		byKey := map[string]any{}
		for _, item := range typed {
			key := fmt.Sprint(item)
			if o, ok := item.(map[string]any); ok {
				for _, name := range []string{"email", "slug", "name"} {
					if text, ok := o[name].(string); ok {
						key = text
						break
					}
				}
			}
			byKey[key] = keyed(item)
		}
		return byKey
	}
	return value
}
