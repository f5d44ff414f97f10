package access

// An Answer is what a vendor's pages say to a question of yes or no.
type Answer string

const (
	// AnswerYes is for what the pages say, or what follows from them.
	AnswerYes Answer = "yes"
	// AnswerNo is as well.
	AnswerNo Answer = "no"
	// AnswerUnknown is for what they do not say, or say in two ways.
	AnswerUnknown Answer = "unknown"
)

// A Statement is an answer, and how it is known. Of what is unknown the evidence is empty,
// and the source says which pages are silent or disagree.
type Statement struct {
	Answer   Answer
	Evidence Evidence
	Source   string
}
