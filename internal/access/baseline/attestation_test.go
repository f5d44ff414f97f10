package baseline_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

var noon = time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)

var (
	before = baseline.Written{"company": {"BOSS": {"user:ada@example.com"}}}
	after  = baseline.Written{"company": {"BOSS": {"user:ada@example.com"}, "CLEANER": {"user:ben@example.com"}}}
)

// attest reads a statement of a day: the rows, or a digest if there are none.
func attest(t testing.TB, b baseline.Baseline, by, on string, rows baseline.Written, digest string) *baseline.Attestation {
	t.Helper()
	a, problems := b.ParseAttestation(baseline.WrittenAttestation{By: by, On: on, Observed: rows, Digest: digest}, noon.AddDate(1, 0, 0))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return &a
}

// TestWhatCountsAsAttested goes through the life of a baseline.
func TestWhatCountsAsAttested(t *testing.T) {
	old, b := parse(t, before), parse(t, after)
	const cy, ben = "user:cy@example.com", "user:ben@example.com"
	rows := func(on string) *baseline.Attestation { return attest(t, b, cy, on, after, "") }
	digest := func(on string) *baseline.Attestation { return attest(t, b, cy, on, nil, b.Digest()) }
	outstanding := func(a *baseline.Attestation) *baseline.Past {
		return &baseline.Past{Digest: b.Digest(), Attestation: a, OutstandingSince: "2026-11-10", Known: old.Grants}
	}
	confirmed := func(a *baseline.Attestation) *baseline.Past {
		return &baseline.Past{Digest: b.Digest(), Attestation: a, Confirmed: true, Known: b.Grants}
	}
	overdue := func(a *baseline.Attestation) *baseline.Past {
		past := confirmed(a)
		past.Confirmed, past.OverdueSince = false, "2026-11-19"
		return past
	}
	changed := func(a *baseline.Attestation) *baseline.Past {
		return &baseline.Past{Digest: old.Digest(), Attestation: a, Confirmed: true, Known: old.Grants}
	}
	otherRows := attest(t, b, cy, "2026-11-12", before, "")
	wasRows := attest(t, old, cy, "2026-11-01", before, "")
	for name, c := range map[string]struct {
		attestation *baseline.Attestation
		past        *baseline.Past
		cause       baseline.Cause
		// known are how many grants the steps start from; -1 if nothing is known.
		known int
		says  string
	}{
		"nobody, new":              {nil, nil, baseline.CauseUnattested, -1, "Nobody has attested"},
		"nobody, later":            {nil, outstanding(nil), baseline.CauseUnattested, 1, "Nobody has attested"},
		"rows that it was made of": {rows("2026-11-01"), nil, baseline.CauseNone, 2, "Confirmed by user:cy@example.com on 2026-11-01."},
		"digest of the same plan":  {digest("2026-11-20"), nil, baseline.CauseWithChange, -1, "the plan itself prints it"},
		"rows of the day":          {rows("2026-11-10"), outstanding(nil), baseline.CauseNone, 2, "Confirmed"},
		"digest of the day":        {digest("2026-11-10"), outstanding(nil), baseline.CauseNone, 2, "Confirmed"},
		"rows from before":         {rows("2026-11-09"), outstanding(nil), baseline.CauseTooEarly, 1, "outstanding since 2026-11-10 only"},
		"digest from before":       {digest("2026-11-09"), outstanding(nil), baseline.CauseTooEarly, 1, "outstanding since 2026-11-10 only"},
		"digest of something else": {attest(t, b, cy, "2026-11-12", nil, old.Digest()), outstanding(nil), baseline.CauseDigest, 1, b.Digest()},
		"other rows": {attest(t, b, cy, "2026-11-12", before, ""), outstanding(nil), baseline.CauseDeviates, 1, "As transcribed by user:cy@example.com " +
			"on 2026-11-12, access is not as it should be: 1 deviation."},
		"no rows at all":                 {attest(t, b, cy, "2026-11-12", baseline.Written{}, ""), outstanding(nil), baseline.CauseDeviates, 0, "2 deviations"},
		"still the same":                 {rows("2026-11-12"), confirmed(rows("2026-11-12")), baseline.CauseNone, 2, "Confirmed"},
		"looked again":                   {rows("2026-11-19"), confirmed(rows("2026-11-12")), baseline.CauseNone, 2, "Confirmed"},
		"rows with the change":           {rows("2026-11-20"), changed(wasRows), baseline.CauseWithChange, 1, "comes in the plan that changes the baseline"},
		"digest with the change":         {digest("2026-11-20"), changed(wasRows), baseline.CauseWithChange, 1, "comes in the plan that changes the baseline"},
		"what was attested before":       {wasRows, changed(wasRows), baseline.CauseWithChange, 1, "about what the baseline was before"},
		"rows that came with the change": {rows("2026-11-20"), outstanding(rows("2026-11-20")), baseline.CauseWithChange, 1, "look again"},
		"digest that came with it":       {digest("2026-11-20"), outstanding(digest("2026-11-20")), baseline.CauseWithChange, 1, "look again"},
		"other rows, once more":          {otherRows, outstanding(otherRows), baseline.CauseDeviates, 1, "1 deviation"},
		"overdue":                        {rows("2026-08-01"), overdue(rows("2026-08-01")), baseline.CauseOverdue, 2, "It was time on 2026-11-19 to look again"},
		"overdue, of the same day":       {digest("2026-08-01"), overdue(rows("2026-08-01")), baseline.CauseOverdue, 2, "look again"},
		"overdue, looked again":          {rows("2026-11-20"), overdue(rows("2026-08-01")), baseline.CauseNone, 2, "Confirmed"},
		"by a beneficiary":               {attest(t, b, ben, "2026-11-12", after, ""), outstanding(nil), baseline.CauseNone, 2, "Confirmed"},
	} {
		t.Run(name, func(t *testing.T) {
			verdict := b.Judge(c.attestation, c.past, nil)
			if verdict.Cause != c.cause || verdict.Confirmed != (c.cause == baseline.CauseNone) {
				t.Errorf("the cause is %q, confirmed %v: %s", verdict.Cause, verdict.Confirmed, verdict.Reason)
			}
			known := len(verdict.Known)
			if verdict.Known == nil {
				known = -1
			}
			if known != c.known {
				t.Errorf("%d grants are known, not %d", known, c.known)
			}
			if !strings.Contains(verdict.Reason, c.says) {
				t.Errorf("the reason is %q, without %q", verdict.Reason, c.says)
			}
		})
	}
}

// TestFindingsAboutAttestations: who attests unseen, or for the own good, is told, once.
func TestFindingsAboutAttestations(t *testing.T) {
	old, b := parse(t, before), parse(t, after)
	past := &baseline.Past{Digest: b.Digest(), OutstandingSince: "2026-11-10", Known: old.Grants}
	rules := func(a *baseline.Attestation, past *baseline.Past, settings baseline.Settings) []string {
		var ids []string
		for _, finding := range b.Judge(a, past, settings).Findings {
			ids = append(ids, finding.Rule+" "+string(finding.Severity))
		}
		return ids
	}
	unseen := attest(t, b, "user:ben@example.com", "2026-11-12", nil, b.Digest())
	if got := rules(unseen, past, nil); !slices.Equal(got, []string{"attested-unseen warn", "attested-by-beneficiary warn"}) {
		t.Errorf("findings are %v", got)
	}
	settings := baseline.Settings{"attested-unseen": {Severity: review.Ignore}, "attested-by-beneficiary": {Severity: review.Deny}}
	if got := rules(unseen, past, settings); !slices.Equal(got, []string{"attested-by-beneficiary deny"}) {
		t.Errorf("findings are %v", got)
	}
	seen := attest(t, b, "user:Ben@Example.com", "2026-11-12", after, "")
	if got := rules(seen, past, nil); !slices.Equal(got, []string{"attested-by-beneficiary warn"}) {
		t.Errorf("findings are %v", got)
	}
	if got := rules(seen, nil, nil); got != nil {
		t.Errorf("of what the baseline was made of, findings are %v", got)
	}
	if got := rules(attest(t, b, "user:ada@example.com", "2026-11-12", after, ""), past, nil); got != nil {
		t.Errorf("who keeps what was there is a beneficiary: %v", got)
	}
	verdict := b.Judge(unseen, &baseline.Past{Digest: b.Digest(), Attestation: unseen, Confirmed: true, Known: b.Grants}, nil)
	if !verdict.Confirmed || !verdict.Unchanged || verdict.Findings != nil {
		t.Errorf("unchanged, it is %+v", verdict)
	}
}

// TestBadAttestations: each problem is at its attribute.
func TestBadAttestations(t *testing.T) {
	b := parse(t, after)
	const by, on = "user:cy@example.com", "2026-11-20"
	observed := func(rows baseline.Written) baseline.WrittenAttestation {
		return baseline.WrittenAttestation{By: by, On: on, Observed: rows}
	}
	for name, c := range map[string]struct {
		written    baseline.WrittenAttestation
		path, text string
	}{
		"by nobody":          {baseline.WrittenAttestation{On: on, Digest: b.Digest()}, "by", "null or empty"},
		"by a program":       {baseline.WrittenAttestation{By: "api_client:bot", On: on, Digest: b.Digest()}, "by", "a person attests"},
		"on no day":          {baseline.WrittenAttestation{By: by, Digest: b.Digest()}, "on", "is no day"},
		"at a time":          {baseline.WrittenAttestation{By: by, On: "2026-11-20T08:00:00Z", Digest: b.Digest()}, "on", "by hand"},
		"on no day there is": {baseline.WrittenAttestation{By: by, On: "2026-02-30", Digest: b.Digest()}, "on", "is no day"},
		"in the future":      {baseline.WrittenAttestation{By: by, On: "2026-11-22", Digest: b.Digest()}, "on", "has not come yet"},
		"of nothing":         {baseline.WrittenAttestation{By: by, On: on}, "", "it says nothing"},
		"of both":            {baseline.WrittenAttestation{By: by, On: on, Digest: b.Digest(), Observed: after}, "digest", "not both"},
		"of no digest":       {baseline.WrittenAttestation{By: by, On: on, Digest: "confirmed"}, "digest", "is no digest"},
		"of other rows":      {observed(baseline.Written{"house:nrth": {"JANITOR": {by}}}), "observed house:nrth", `did you mean "house:north"?`},
		"of a null row":      {observed(baseline.Written{"company": {"BOSS": {""}}}), "observed company BOSS ", "null or empty"},
	} {
		t.Run(name, func(t *testing.T) {
			_, problems := b.ParseAttestation(c.written, noon)
			if len(problems) != 1 || strings.Join(problems[0].Path, " ") != c.path || !strings.Contains(problems[0].Text, c.text) {
				t.Errorf("problems are %v", problems)
			}
		})
	}
	// Somewhere it is the next day already.
	for on, now := range map[string]time.Time{"2026-11-20": noon, "2026-11-21": noon} {
		if _, problems := b.ParseAttestation(baseline.WrittenAttestation{By: by, On: on, Digest: b.Digest()}, now); len(problems) > 0 {
			t.Errorf("%s: %v", on, problems)
		}
	}
}

func TestOverdue(t *testing.T) {
	for _, c := range []struct {
		on       baseline.Day
		interval int
		now      time.Time
		want     bool
	}{
		{"2026-08-22", 90, noon, false},
		{"2026-08-21", 90, noon, true},
		{"2026-08-22", 90, noon.Add(12 * time.Hour), true},
		{"2000-01-01", 0, noon, false},
		{"", 90, noon, false},
	} {
		if got := baseline.Overdue(c.on, c.interval, c.now); got != c.want {
			t.Errorf("attested on %q, every %d days, at %s: overdue is %v", c.on, c.interval, c.now, got)
		}
	}
}
