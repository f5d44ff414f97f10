package evidence

import (
	"cmp"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// An Attestation is a person's statement that somebody is to have a role at a place by one way.
// By, On and Reference are those of [baseline.Attestation].
type Attestation struct {
	// Principal has the role. Its name is not written down.
	Principal Subject
	Role      access.Role
	Place     access.Place
	// Through spells the groups on the way for people; empty for an entry of one's own.
	Through string
	// Way is the fingerprint of the way, which is what counts.
	Way string
	By  access.Reference
	On  baseline.Day
	// Until is the last day on which the statement counts; empty if it has no end of its own.
	Until     baseline.Day
	Reference string
}

// Attest makes a statement on a way.
func Attest(h Holding, by access.Reference, on, until baseline.Day, reference string) Attestation {
	return Attestation{
		Principal: h.Subject, Role: h.Role, Place: h.Place, Through: h.Groups(), Way: h.Way, By: by, On: on, Until: until, Reference: reference,
	}
}

// counts tells whether the statement still does on a day. One without an end counts for some
// days.
func (a Attestation) counts(today baseline.Day, days int) bool { return today <= a.end(days) }

// end is the last day on which the statement counts.
func (a Attestation) end(days int) baseline.Day { return cmp.Or(a.Until, a.On.After(days)) }

// isBy tells whether the subject is who attests.
func (a Attestation) isBy(s Subject) bool {
	id, isID := a.By.ID()
	return a.By.Same(s.Reference) || isID && id == s.ID
}

// A File is a file of attestations of one organization.
type File struct {
	// Organization is the id, in lower case.
	Organization string
	// Attestations are of one way each.
	Attestations []Attestation
}

// A Verdict says what is wrong with one way of access beside the attestations.
type Verdict struct {
	Holding
	// Rule is the id of the rule that is broken; empty for a way that is attested by somebody
	// else.
	Rule string
	// Because completes the sentence about the way.
	Because string
	// Attestation is the statement that counts, or the one that would if it were of this way or
	// not over; nil if there is none.
	Attestation *Attestation
}

// Sentence says what is wrong, or who attests.
func (v Verdict) Sentence() string { return v.Reference.String() + " is " + v.Text + v.Because + "." }

// Judge looks at each way of access, in their order. Whoever attests and holds the same role at
// the same place by one of the ways is a beneficiary. An attestation without an end counts for
// some days.
func (f File) Judge(holdings []Holding, today baseline.Day, days int) []Verdict {
	type grant struct {
		id    string
		role  access.Role
		place access.Place
	}
	of := map[grant][]Attestation{}
	for _, a := range f.Attestations {
		of[grant{a.Principal.ID, a.Role, a.Place}] = append(of[grant{a.Principal.ID, a.Role, a.Place}], a)
	}
	holders := map[grant][]Subject{}
	for _, h := range holdings {
		at := grant{role: h.Role, place: h.Place}
		holders[at] = append(holders[at], h.Subject)
	}
	verdicts := make([]Verdict, len(holdings))
	for i, h := range holdings {
		verdicts[i] = judge(h, of[grant{h.ID, h.Role, h.Place}], holders[grant{role: h.Role, place: h.Place}], today, days)
	}
	return verdicts
}

// judge looks at one way beside the attestations of the same role of the same principal at the
// same place, and those who hold it there.
func judge(h Holding, attestations []Attestation, holders []Subject, today baseline.Day, days int) Verdict {
	v := Verdict{Holding: h}
	var ended, otherwise *Attestation
	for _, a := range attestations {
		switch isOfWay, counts := a.Way == h.Way, a.counts(today, days); {
		case isOfWay && counts:
			v.Attestation = &a
		case isOfWay:
			ended = &a
		case counts:
			otherwise = &a
		}
	}
	switch {
	case v.Attestation != nil:
		v.Because = ", as " + v.Attestation.By.String() + " attested on " + string(v.Attestation.On)
		if slices.ContainsFunc(holders, v.Attestation.isBy) {
			v.Rule = review.AttestedByBeneficiary
			v.Because += ", who has that role there"
		}
	case ended != nil:
		v.Rule, v.Attestation = review.NotAttested, ended
		v.Because = ", and what " + ended.By.String() + " attested ended on " + string(ended.end(days))
	case otherwise != nil:
		v.Rule, v.Attestation = review.WayChangedSince, otherwise
		v.Because = ", and what " + otherwise.By.String() + " attested on " + string(otherwise.On) + " was " + otherwise.how()
	default:
		v.Rule, v.Because = review.NotAttested, ", and nobody has attested that"
	}
	return v
}

// how spells the way of the statement.
func (a Attestation) how() string {
	if a.Through == "" {
		return "directly"
	}
	return "through " + a.Through
}

// Unmatched are the attestations of ways that are none of these: what was attested is gone, or
// comes about otherwise.
func (f File) Unmatched(holdings []Holding) []Attestation {
	known := map[string]bool{}
	for _, h := range holdings {
		known[h.Way] = true
	}
	return slices.DeleteFunc(slices.Clone(f.Attestations), func(a Attestation) bool { return known[a.Way] })
}
