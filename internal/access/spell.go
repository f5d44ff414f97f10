package access

// Spell returns the text of each value: the one way from references, places and the like
// to what configurations and reports hold. It is never nil.
func Spell[T interface{ String() string }](values []T) []string {
	texts := make([]string, len(values))
	for i, value := range values {
		texts[i] = value.String()
	}
	return texts
}
