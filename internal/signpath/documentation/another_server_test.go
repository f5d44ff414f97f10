package documentation_test

import "testing"

// TestCLIAnotherServer does what the guide about a server with other names says, word for word,
// from the first comparison to the first apply.
func TestCLIAnotherServer(t *testing.T) {
	t.Parallel()
	r := newReader(t)
	r.Follow(sections(readPage(t, "index.md"), "Get the provider"))
	r.Follow(readPage(t, "guides/another-server.md"))
}
