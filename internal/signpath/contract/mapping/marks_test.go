package mapping_test

import "testing"

// A mark counts wherever a person, or a program that writes the file anew, may have put it: what is
// overlooked would let something be written that nobody has confirmed.
func TestMarksInAnyForm(t *testing.T) {
	user := func(text string) string { return "version: 1\nuser:\n  " + text + "\n" }
	for name, text := range map[string]string{
		"behind a tab":                  user("answer:\t{name: title}\t# ? x"),
		"behind a bracket":              user("answer: {name: title}# ? x"),
		"behind a quote":                user("answer: {name: \"title\"# ? x\n  }"),
		"inside of braces":              user("answer: {name: title, # ? x\n    email: mail}"),
		"without a space":               user("answer: {name: title} #? x"),
		"with a space that never ends":  user("answer: {name: title} #\u00a0? x"),
		"with two signs":                user("answer: {name: title} ## ? x"),
		"behind a byte order mark":      "\ufeff# ? all of it\nversion: 1\n",
		"with the line ends of Windows": "version: 1\r\nuser:\r\n  answer: {name: title} # ? x\r\n",
		"with those of a Macintosh":     "version: 1\ruser:\r  answer: {name: title} # ? x\r",
		"behind a line end of Unicode":  "version: 1\u0085# ? x\n",
		"in a block":                    user("create:\n    body:\n      note: |\n        # ? x"),

		"in other capitals":     user("answer: {name: todo}"),
		"with words":            user("answer: {notification_email: TODO ask the administrator}"),
		"in a path":             user("answer: {name: profile.TODO}"),
		"as a place":            user("edit: {body: {TODO: =name}}"),
		"as a concept":          user("edit: {body: {title: =TODO}}"),
		"as what is carried":    user("edit: {body: {title: <todo}}"),
		"in a route":            user("edit: {route: \"POST /TODO/{id}\"}"),
		"in quotes":             user("answer: {name: \"TODO\"}"),
		"in a block, open":      user("answer:\n    name: |\n      TODO"),
		"in a list":             user("edit: {kept: [identity, TODO]}"),
		"of half a state":       user("answer:\n    active:\n      path: state\n      when_true: TODO\n      when_false: [Off]"),
		"of half a page":        user("list:\n    page:\n      token: TODO"),
		"of a form":             "version: 1\nmembers:\n  answer:\n    id: key\n    form: TODO\n",
		"of the kinds":          "version: 1\nmembers:\n  answer: {form: objects, kind: type, kinds: TODO}\n",
		"of one of the kinds":   "version: 1\nmembers:\n  answer: {form: per_kind, user: TODO}\n",
		"of a source of a kind": user("edit:\n    body:\n      title:\n        from: TODO"),
	} {
		if file := parse(t, text); len(file.Marks) != 1 {
			t.Errorf("%s: got the marks %+v", name, file.Marks)
		}
	}
	for name, text := range map[string]string{
		"the word of another language":  user("list: {items: \"todo\"}"),
		"a part of a word":              user("answer: {name: TODOS}"),
		"a question that is no comment": user("answer:\n    name: what?"),
		"a question in a comment":       user("answer: {name: title} # what?"),
	} {
		if file := parse(t, text); len(file.Marks) != 0 {
			t.Errorf("%s: got the marks %+v", name, file.Marks)
		}
	}
}
