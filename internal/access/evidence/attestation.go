package evidence

import (
	"cmp"
	"slices"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/baseline"
	"github.com/signpath-community/terraform-provider-signpath/internal/access/review"
)

// An Attestation is a person's statement that somebody is to have a role at a place by one way, or is
// not to have it any more. By, On and Reference are those of [baseline.Attestation].
type Attestation struct {
	// IsRemoval is true for the decision that the way is to go.
	IsRemoval bool

	// Principal has the role. Its name is not written down.
	Principal Subject
	Role      access.Role
	Place     access.Place
	// PlaceID is that of [Holding].
	PlaceID string
	// Through spells the groups on the way for people; empty for an entry of one's own.
	Through string
	// Way is the fingerprint of the way, which is what counts.
	Way string
	By  access.Reference
	// ByID is the id of who attests, which stays; empty where the report did not show them.
	ByID string
	On   baseline.Day
	// Until is the last day on which the statement counts; empty if it has no end of its own.
	Until     baseline.Day
	Reference string
}

// Attest makes a statement on a way. Who attests has an id where that is known.
func Attest(h Holding, by Subject, on, until baseline.Day, reference string) Attestation {
	return Attestation{
		Principal: h.Subject, Role: h.Role, Place: h.Place, PlaceID: h.PlaceID, Through: h.Groups(), Way: h.Way,
		By: by.Reference, ByID: by.ID, On: on, Until: until, Reference: reference,
	}
}

// Remove makes the decision that a way is to go.
func Remove(h Holding, by Subject, on baseline.Day, reference string) Attestation {
	a := Attest(h, by, on, "", reference)
	a.IsRemoval = true
	return a
}

// counts tells whether the statement still does on a day. One without an end counts for some
// days.
func (a Attestation) counts(today baseline.Day, days int) bool { return today <= a.end(days) }

// end is the last day on which the statement counts.
func (a Attestation) end(days int) baseline.Day { return cmp.Or(a.Until, a.On.After(days)) }

// isBy tells whether the subject is who attests, as they are called now or were called then.
func (a Attestation) isBy(s Subject) bool {
	id, isID := a.By.ID()
	return a.By.Same(s.Reference) || isID && id == s.ID || a.ByID != "" && a.ByID == s.ID
}

// misnames tells whether the statement names others than those of the way: people read the names, and the way goes by ids. Who
// was renamed is nobody else.
func (a Attestation) misnames(h Holding, named map[access.Reference]string, places map[access.Place]string) bool {
	isOther := func(r access.Reference, id string) bool { return named[r.Folded()] != "" && named[r.Folded()] != id }
	if isOther(a.Principal.Reference, h.ID) || places[a.Place] != "" && places[a.Place] != h.PlaceID {
		return true
	}
	if a.Through == h.Groups() {
		return false
	}
	groups, err := access.ParsePath(a.Through)
	if err != nil || len(groups) != len(h.Via) {
		return true
	}
	for i, group := range groups {
		if isOther(group, h.Via[i].ID) {
			return true
		}
	}
	return false
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

// A Company is who is there beside the ways that are judged.
type Company struct {
	// Holdings are all ways that are known: by one of them, whoever attests may have the same role at the same place, and is a
	// beneficiary then.
	Holdings []Holding
	// Subjects are further principals that are known by name.
	Subjects []Subject
	// PlaceIDs are the ids of the places that are there.
	PlaceIDs map[access.Place]string
}

// CompanyOf is who is in a report.
func CompanyOf(r *Report) Company { return Company{Holdings(r.Access), r.Accounts, r.PlaceIDs()} }

// named are the ids of those who are there, by what they are called.
func (c Company) named() map[access.Reference]string {
	named := map[access.Reference]string{}
	note := func(subjects ...Subject) {
		for _, s := range subjects {
			named[s.Reference.Folded()] = s.ID
		}
	}
	note(c.Subjects...)
	for _, h := range c.Holdings {
		note(h.Subject)
		note(h.Via...)
	}
	return named
}

// On returns the statements that were there on a day. What was attested later is not.
func (f File) On(day baseline.Day) File {
	f.Attestations = slices.DeleteFunc(slices.Clone(f.Attestations), func(a Attestation) bool { return a.On > day })
	return f
}

// Judge looks at some of the ways of access, in their order. An attestation counts for its way if it names nobody else, and
// without an end for some days.
func (f File) Judge(holdings []Holding, company Company, today baseline.Day, days int) []Verdict {
	// By an id, or else by a name, so that a statement about another account or place of the same
	// name is found, too.
	type grant struct {
		principal string
		role      access.Role
		place     string
	}
	of, alike := map[grant][]Attestation{}, map[grant][]Attestation{}
	for _, a := range f.Attestations {
		at, name := grant{a.Principal.ID, a.Role, placeKey(a.PlaceID, a.Place)}, grant{a.Principal.Reference.Folded().String(), a.Role, a.Place.String()}
		of[at], alike[name] = append(of[at], a), append(alike[name], a)
	}
	holders := map[grant][]Subject{}
	for _, h := range company.Holdings {
		at := grant{role: h.Role, place: placeKey(h.PlaceID, h.Place)}
		holders[at] = append(holders[at], h.Subject)
	}
	named := company.named()
	verdicts := make([]Verdict, len(holdings))
	for i, h := range holdings {
		at := grant{h.ID, h.Role, placeKey(h.PlaceID, h.Place)}
		verdicts[i] = judge(h, of[at], holders[grant{role: at.role, place: at.place}], named, company.PlaceIDs, today, days)
		isOther := func(a Attestation) bool {
			return !a.IsRemoval && (a.Principal.ID != h.ID || placeKey(a.PlaceID, a.Place) != at.place)
		}
		others := alike[grant{h.Reference.Folded().String(), h.Role, h.Place.String()}]
		if found := slices.IndexFunc(others, isOther); verdicts[i].Attestation == nil && found >= 0 {
			verdicts[i].Attestation, verdicts[i].Because = &others[found], others[found].becauseOfName(h)
		}
	}
	return verdicts
}

func placeKey(id string, place access.Place) string { return cmp.Or(id, place.String()) }

// becauseOfName says that the statement is about an account, or a place, that was called as another
// one is now.
func (a Attestation) becauseOfName(h Holding) string {
	of := "another account of that name"
	if a.Principal.ID == h.ID {
		of = "another place of that name"
	}
	return ", and what " + a.By.String() + " attested on " + string(a.On) + " was of " + of
}

// judge looks at one way beside the attestations of the same role of the same principal at the
// same place, and those who hold it there.
func judge(
	h Holding, attestations []Attestation, holders []Subject, named map[access.Reference]string, places map[access.Place]string,
	today baseline.Day, days int,
) Verdict {
	v := Verdict{Holding: h, Rule: review.NotAttested, Because: ", and nobody has attested that"}
	f := sortStatements(h, attestations, named, places, today, days)
	by := func(a *Attestation) string { return ", and what " + a.By.String() + " attested" }
	on := func(a *Attestation) string { return by(a) + " on " + string(a.On) }
	switch {
	case f.counts != nil:
		v.Attestation = f.counts
		v.nameAttester(holders)
	case f.removed != nil:
		v.Attestation, v.Because = f.removed, ", and "+f.removed.By.String()+" decided on "+string(f.removed.On)+" that it is to go"
	case f.misnamed != nil:
		v.Attestation = f.misnamed
		v.Because = on(f.misnamed) + " names somebody else now: " + f.misnamed.Principal.Reference.String() + ", " + f.misnamed.how()
	case f.ended != nil:
		v.Attestation, v.Because = f.ended, by(f.ended)+" ended on "+string(f.ended.end(days))
	case f.otherwise != nil:
		v.Rule, v.Attestation, v.Because = review.WayChangedSince, f.otherwise, on(f.otherwise)+" was "+f.otherwise.how()
	}
	return v
}

// statements are those about one way, by what they come to, and otherwise is one of another way of
// the same principal that counts.
type statements struct{ counts, removed, misnamed, ended, otherwise *Attestation }

func sortStatements(
	h Holding, attestations []Attestation, named map[access.Reference]string, places map[access.Place]string, today baseline.Day, days int,
) (found statements) {
	for _, a := range attestations {
		switch isOfWay, counts := a.Way == h.Way, a.counts(today, days); {
		case a.IsRemoval:
			if isOfWay {
				found.removed = &a
			}
		case isOfWay && a.misnames(h, named, places):
			found.misnamed = &a
		case isOfWay && counts:
			found.counts = &a
		case isOfWay:
			found.ended = &a
		case counts:
			found.otherwise = &a
		}
	}
	return found
}

// nameAttester says who attested the way, and whether they hold the same role there.
func (v *Verdict) nameAttester(holders []Subject) {
	v.Rule, v.Because = "", ", as "+v.Attestation.By.String()+" attested on "+string(v.Attestation.On)
	if slices.ContainsFunc(holders, v.Attestation.isBy) {
		v.Rule = review.AttestedByBeneficiary
		v.Because += ", who has that role there"
	}
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
