package access_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

func TestDirectoryResolves(t *testing.T) {
	d := access.NewDirectory(ada(), release(), managers())
	tests := map[string]string{
		"user:ada@example.com":                    idOfAda,
		"user:ADA@EXAMPLE.COM":                    idOfAda,
		"user:" + strings.ToUpper(idOfAda):        idOfAda,
		"ci_user:acme-release":                    idOfRelease,
		"ci_user:" + strings.ToUpper(idOfRelease): idOfRelease,
		"group:Release Managers":                  idOfGroup,
	}
	for text, want := range tests {
		p, err := d.Resolve(parse(t, text))
		if err != nil || p.ID != want {
			t.Errorf("%q is %q, %v; want %q", text, p.ID, err, want)
		}
	}
}

func TestDirectoryNamesNobody(t *testing.T) {
	d := access.NewDirectory(ada(), release(), managers(),
		access.Principal{Kind: access.KindCIUser, ID: idOfTwin, Name: "acme-1elease"},
		// Near, but of another kind.
		access.Principal{Kind: access.KindGroup, ID: idOfTwin[:35] + "0", Name: "acme-releas3"})
	tests := map[string]string{
		// Another kind has the key.
		"group:acme-release":       `the organization has no user group "acme-release"; did you mean "ci_user:acme-release"?`,
		"ci_user:Release Managers": `the organization has no CI user "Release Managers"; did you mean "group:Release Managers"?`,
		// The nearest spelling comes first.
		"ci_user:Acme-Releas":  `the organization has no CI user "Acme-Releas"; did you mean "ci_user:acme-release" or "ci_user:acme-1elease"?`,
		"user:ida@example.com": `the organization has no interactive user "ida@example.com"; did you mean "user:Ada@example.com"?`,
		// Too far off to be meant.
		"ci_user:payroll": `the organization has no CI user "payroll"`,
		"group:Finance":   `the organization has no user group "Finance"`,
		// An id of another kind is nobody's id here.
		"group:" + idOfAda: `the organization has no user group "` + idOfAda + `"; did you mean "user:Ada@example.com"?`,
	}
	for text, want := range tests {
		_, err := d.Resolve(parse(t, text))
		var notFound *access.NotFoundError
		if !errors.As(err, &notFound) || !errors.Is(err, access.ErrNoPrincipal) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if err.Error() != want {
			t.Errorf("got  %s\nwant %s", err, want)
		}
	}
}

func TestDirectorySuggestsAtMostThree(t *testing.T) {
	d := access.NewDirectory()
	for i, name := range []string{"build-5", "build-3", "build-4", "build-2", "builds"} {
		d.Put(access.Principal{Kind: access.KindCIUser, ID: idOfTwin[:35] + string(rune('0'+i)), Name: name})
	}
	_, err := d.Resolve(parse(t, "ci_user:build-1"))
	want := `the organization has no CI user "build-1"; did you mean "ci_user:build-2" or "ci_user:build-3" or "ci_user:build-4"?`
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

func TestDirectoryRefusesToChoose(t *testing.T) {
	twin := release()
	twin.ID = idOfTwin
	d := access.NewDirectory(twin, release())
	_, err := d.Resolve(parse(t, "ci_user:acme-release"))
	var ambiguous *access.AmbiguousError
	if !errors.As(err, &ambiguous) {
		t.Fatalf("got %v", err)
	}
	want := `the organization has 2 principals that "ci_user:acme-release" fits; name the one you mean by its id: ` +
		`"ci_user:` + idOfRelease + `", "ci_user:` + idOfTwin + `"`
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if errors.Is(err, access.ErrNoPrincipal) {
		t.Error("a reference that fits two counts as one that fits nobody")
	}
	for _, id := range []string{idOfRelease, idOfTwin} {
		p, err := d.Resolve(parse(t, "ci_user:"+id))
		if err != nil || p.ID != id {
			t.Errorf("by its id: %q, %v", p.ID, err)
		}
		if got := d.ReferenceTo(id).String(); got != "ci_user:"+id {
			t.Errorf("one of two of a name is spelled %q", got)
		}
	}
}

func TestDirectorySpellsAsAConfigurationWould(t *testing.T) {
	d := access.NewDirectory(ada(), release(), managers())
	tests := map[string]string{
		idOfAda:                      "user:Ada@example.com",
		strings.ToUpper(idOfRelease): "ci_user:acme-release",
		idOfGroup:                    "group:Release Managers",
		idOfTwin:                     "unknown:" + idOfTwin,
	}
	for id, want := range tests {
		if got := d.ReferenceTo(id).String(); got != want {
			t.Errorf("%s is spelled %q, want %q", id, got, want)
		}
	}
}

// What a directory spells must name the same principal when it is read again,
// or an access list shows somebody who is not on it.
func TestDirectoryUnderstandsItsOwnSpelling(t *testing.T) {
	tests := map[string]access.Principal{
		"no e-mail":                 {Kind: access.KindUser, ID: idOfTwin},
		"an e-mail without @":       {Kind: access.KindUser, ID: idOfTwin, Email: "ada"},
		"a name with white space":   {Kind: access.KindGroup, ID: idOfTwin, Name: " Engineers"},
		"another principal's id":    {Kind: access.KindCIUser, ID: idOfTwin, Name: idOfRelease},
		"another one's id in upper": {Kind: access.KindCIUser, ID: idOfTwin, Name: strings.ToUpper(idOfRelease)},
		"the empty UUID":            {Kind: access.KindCIUser, ID: idOfTwin, Name: emptyID},
		"a colon":                   {Kind: access.KindGroup, ID: idOfTwin, Name: "team: red"},
	}
	for name, odd := range tests {
		t.Run(name, func(t *testing.T) {
			d := access.NewDirectory(ada(), release(), managers(), odd)
			spelled := d.ReferenceTo(idOfTwin)
			read, err := access.ParseReference(spelled.String())
			if err != nil {
				t.Fatalf("it is spelled %q: %v", spelled, err)
			}
			p, err := d.Resolve(read)
			if err != nil || p.ID != idOfTwin {
				t.Errorf("it is spelled %q, which names %q, %v", spelled, p.ID, err)
			}
		})
	}
}

// A reference by id means the id: who has that text for a name is somebody else.
func TestDirectoryTakesNoNameForAnID(t *testing.T) {
	d := access.NewDirectory(access.Principal{Kind: access.KindCIUser, ID: idOfTwin, Name: idOfRelease})
	if p, err := d.Resolve(parse(t, "ci_user:"+idOfRelease)); !errors.Is(err, access.ErrNoPrincipal) {
		t.Errorf("the id of nobody names %v, %v", p, err)
	}
}

func TestDirectoryFollowsRenames(t *testing.T) {
	d := access.NewDirectory(ada(), release())
	renamed := release()
	renamed.ID, renamed.Name = strings.ToUpper(idOfRelease), "acme-deploy"
	d.Put(renamed)
	if _, err := d.Resolve(parse(t, "ci_user:acme-release")); err == nil {
		t.Error("the old name still names somebody")
	}
	p, err := d.Resolve(parse(t, "ci_user:acme-deploy"))
	if err != nil || p.ID != idOfRelease {
		t.Errorf("the new name names %q, %v", p.ID, err)
	}
	if got := len(d.All(access.KindCIUser)); got != 1 {
		t.Errorf("there are %d CI users", got)
	}

	// Another one takes the old name; then the first comes back to it.
	d.Put(access.Principal{Kind: access.KindCIUser, ID: idOfTwin, Name: "acme-release"})
	if got := d.ReferenceTo(idOfTwin).String(); got != "ci_user:acme-release" {
		t.Errorf("who took the name is spelled %q", got)
	}
	d.Put(release())
	if got := d.ReferenceTo(idOfTwin).String(); got != "ci_user:"+idOfTwin {
		t.Errorf("one of two of a name is spelled %q", got)
	}
}

func TestDirectoryReplacesOneKind(t *testing.T) {
	d := access.NewDirectory(ada(), release(), managers())
	renamed := release()
	renamed.Name = "acme-deploy"
	d.Replace(access.KindCIUser, []access.Principal{renamed, {Kind: access.KindCIUser, ID: idOfTwin, Name: "acme-release"}})
	if got := d.ReferenceTo(idOfRelease).String(); got != "ci_user:acme-deploy" {
		t.Errorf("the renamed one is spelled %q", got)
	}
	if p, err := d.Resolve(parse(t, "ci_user:acme-release")); err != nil || p.ID != idOfTwin {
		t.Errorf("the old name names %q, %v", p.ID, err)
	}
	for _, id := range []string{idOfAda, idOfGroup} {
		if _, ok := d.Get(id); !ok {
			t.Errorf("%s of another kind is gone", id)
		}
	}

	d.Replace(access.KindCIUser, nil)
	if _, ok := d.Get(idOfRelease); ok || len(d.All(access.KindCIUser)) != 0 {
		t.Error("who is no longer listed is still there")
	}
	if _, err := d.Resolve(parse(t, "ci_user:acme-deploy")); err == nil {
		t.Error("the name of who is gone still names somebody")
	}
}

func TestDirectoryLists(t *testing.T) {
	d := access.NewDirectory(managers(),
		access.Principal{Kind: access.KindUser, ID: idOfTwin, Email: "bea@example.com"},
		access.Principal{Kind: access.KindUser, ID: idOfRelease, Email: "BEA@example.com"},
		ada(),
	)
	var got []string
	for _, p := range d.All(access.KindUser) {
		got = append(got, p.ID)
	}
	if want := []string{idOfAda, idOfRelease, idOfTwin}; strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := d.All(access.KindCIUser); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestEmptyDirectory(t *testing.T) {
	var d access.Directory
	if _, err := d.Resolve(parse(t, "user:ada@example.com")); !errors.Is(err, access.ErrNoPrincipal) {
		t.Errorf("got %v", err)
	}
	d.Replace(access.KindUser, []access.Principal{ada()})
	if p, ok := d.Get(strings.ToUpper(idOfAda)); !ok || p.Name != "Ada Lovelace" {
		t.Errorf("got %v, %t", p, ok)
	}
}

func TestDirectoryIsSafeForConcurrentUse(t *testing.T) {
	d := access.NewDirectory(ada(), release(), managers())
	reference := parse(t, "ci_user:acme-release")
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 50 {
				d.Put(release())
				d.Replace(access.KindUser, []access.Principal{ada()})
				_, _ = d.Resolve(reference)
				d.ReferenceTo(idOfAda)
				d.All(access.KindGroup)
			}
		})
	}
	group.Wait()
	if p, err := d.Resolve(reference); err != nil || p.ID != idOfRelease {
		t.Errorf("got %v, %v", p, err)
	}
}
