package run

// tokenNotes are what a run remembers about tokens, by CI user.
type tokenNotes struct {
	// read are those of the instances that it has refreshed, regenerated those that it
	// has generated, and forgotten those of the instances that it has destroyed.
	Read, Regenerated, Forgotten idSet
	// made are those that an instance generates by this plan that had another one before,
	// or none, and ended are those that an instance gives up by it.
	Made, Ended idSet
}
