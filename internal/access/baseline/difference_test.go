package baseline_test

import (
	"slices"
	"testing"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
)

// TestDifferenceTellsInheritance: a reviewer reads who gains and who loses what, and where
// inheritance makes it more or nothing.
func TestDifferenceTellsInheritance(t *testing.T) {
	ada, ben := []string{"user:ada@example.com"}, []string{"user:ben@example.com"}
	for name, c := range map[string]struct {
		from, to baseline.Written
		want     []string
	}{
		"wider": {
			baseline.Written{"house:south": {"CLEANER": ben}},
			baseline.Written{"house:south": {"CLEANER": ben}, "company": {"CLEANER": ben}},
			[]string{"user:ben@example.com gains \"CLEANER\" at the company, and so at house:north (villa), room:north/attic and room:north/cellar."},
		},
		"kept by inheritance": {
			baseline.Written{"company": {"CLEANER": ben}, "room:north/attic": {"CLEANER": ben}},
			baseline.Written{"company": {"CLEANER": ben}},
			[]string{"user:ben@example.com loses \"CLEANER\" at room:north/attic, and keeps it there by the grant at the company."},
		},
		"narrower": {
			baseline.Written{"company": {"CLEANER": ben}},
			baseline.Written{"house:north": {"CLEANER": ben}},
			[]string{
				"user:ben@example.com gains \"CLEANER\" at house:north (villa), and so at room:north/attic and room:north/cellar.",
				"user:ben@example.com loses \"CLEANER\" at the company, and so at house:south (shed).",
			},
		},
		"no new thing": {
			baseline.Written{"company": {"CLEANER": ada}},
			baseline.Written{"company": {"CLEANER": ada}, "house:south": {"CLEANER": ada}},
			[]string{"user:ada@example.com gains \"CLEANER\" at house:south (shed), and has it there already by the grant at the company."},
		},
		"another spelling": {
			baseline.Written{"company": {"CLEANER": {"user:Ada@EXAMPLE.com"}}}, baseline.Written{"company": {"CLEANER": ada}}, nil,
		},
		"another person": {
			baseline.Written{"house:south": {"JANITOR": ada}},
			baseline.Written{"house:south": {"JANITOR": ben}},
			[]string{"user:ben@example.com gains \"JANITOR\" at house:south (shed).", "user:ada@example.com loses \"JANITOR\" at house:south (shed)."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := parse(t, c.to)
			if got := b.Sentences(parse(t, c.from).Grants); !slices.Equal(got, c.want) {
				t.Errorf("it is told as %q", got)
			}
		})
	}
}

// TestSentencesOfWhatNobodyKnows: that somebody gains, nobody can say.
func TestSentencesOfWhatNobodyKnows(t *testing.T) {
	b := parse(t, baseline.Written{"house:south": {"JANITOR": {"user:ben@example.com"}}})
	if got, want := b.Sentences(nil), []string{"user:ben@example.com is to have \"JANITOR\" at house:south (shed)."}; !slices.Equal(got, want) {
		t.Errorf("it is told as %q", got)
	}
}

func TestDeviations(t *testing.T) {
	b := parse(t, baseline.Written{"company": {"BOSS": {"user:ada@example.com"}}})
	got := b.Deviations(parse(t, baseline.Written{"house:north": {"JANITOR": {"user:eve@example.com"}}}).Grants)
	want := []string{"user:eve@example.com has \"JANITOR\" at house:north (villa) and should not.", "user:ada@example.com lacks \"BOSS\" at the company."}
	if !slices.Equal(got, want) {
		t.Errorf("deviations are %q", got)
	}
}
