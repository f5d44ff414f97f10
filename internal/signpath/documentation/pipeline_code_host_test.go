package documentation_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
)

const (
	githubToken = "gh-token"
	gitlabToken = "glpat-token"
)

// A codeHost keeps the comments of one pull request and the issues of one project, and
// serves them over as much of the APIs of GitHub and GitLab as the pipelines use.
type codeHost struct {
	t   *testing.T
	url string

	mu            sync.Mutex
	comments      []*codeHostEntry
	issues        []*codeHostEntry
	issueComments []*codeHostEntry
}

// A codeHostEntry is a comment or an issue.
type codeHostEntry struct {
	author, title, body string
	closed              bool
	edits               int
}

// newCodeHost has a comment and an issue of somebody who knows the marks of the bot.
func newCodeHost(t *testing.T) *codeHost {
	t.Helper()
	h := &codeHost{
		t:        t,
		comments: []*codeHostEntry{{author: "somebody", body: "<!-- terraform plan of SignPath --> Looks good."}},
		issues:   []*codeHostEntry{{author: "somebody", body: "<!-- drift of SignPath --> Ignore it."}},
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	h.url = server.URL
	return h
}

// ofBot are the entries that a pipeline wrote.
func (h *codeHost) ofBot(entries []*codeHostEntry) []codeHostEntry {
	h.mu.Lock()
	defer h.mu.Unlock()
	var found []codeHostEntry
	for _, e := range entries {
		if e.author == githubBot {
			found = append(found, *e)
		}
	}
	return found
}

// all is everything that pipelines wrote.
func (h *codeHost) all() string {
	var all strings.Builder
	for _, entries := range [][]*codeHostEntry{h.comments, h.issues, h.issueComments} {
		for _, e := range h.ofBot(entries) {
			all.WriteString(e.title + "\n" + e.body + "\n")
		}
	}
	return all.String()
}

const (
	githubBot   = "github-actions[bot]"
	gitlabBotID = 5
)

func (h *codeHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+githubToken && r.Header.Get("Private-Token") != gitlabToken {
		http.Error(w, "no token of the bot", http.StatusUnauthorized)
		return
	}
	if r.URL.Path == "/api/v4/user" {
		h.answer(w, map[string]any{"id": gitlabBotID})
		return
	}
	route, id := r.URL.Path, 0
	if last, err := strconv.Atoi(path.Base(route)); err == nil {
		route, id = path.Dir(route), last
	}
	switch route {
	case "/repos/team-1/signpath/issues/7/comments", "/api/v4/projects/1/merge_requests/7/notes":
		h.serve(w, r, &h.comments, id)
	case "/repos/team-1/signpath/issues", "/api/v4/projects/1/issues":
		h.serve(w, r, &h.issues, id)
	case "/repos/team-1/signpath/issues/2/comments", "/api/v4/projects/1/issues/2/notes":
		h.serve(w, r, &h.issueComments, id)
	default:
		h.t.Errorf("the code host has no %s %s", r.Method, r.URL)
		http.NotFound(w, r)
	}
}

// serve lists, adds or changes entries, whose ids are their positions from 1.
func (h *codeHost) serve(w http.ResponseWriter, r *http.Request, entries *[]*codeHostEntry, id int) {
	fields := h.fields(r)
	switch {
	case r.Method == http.MethodGet && id == 0:
		listed := []any{}
		for i, e := range *entries {
			if e.isAskedFor(r.URL.Query()) {
				listed = append(listed, h.render(r, i+1, e))
			}
		}
		h.answer(w, listed)
		return
	case r.Method == http.MethodPost && id == 0:
		*entries = append(*entries, &codeHostEntry{author: githubBot})
		id = len(*entries)
	case (r.Method == http.MethodPatch || r.Method == http.MethodPut) && id > 0 && (*entries)[id-1].author == githubBot:
		(*entries)[id-1].edits++
	default:
		http.Error(w, "not permitted", http.StatusForbidden)
		return
	}
	e := (*entries)[id-1]
	e.set(fields)
	if len([]rune(e.body)) > 65536 {
		http.Error(w, "body is too long", http.StatusUnprocessableEntity)
		return
	}
	h.answer(w, h.render(r, id, e))
}

// isAskedFor tells whether a list with such a query has the entry.
func (e *codeHostEntry) isAskedFor(query url.Values) bool {
	author := query.Get("author_id")
	return (query.Get("state") == "" || !e.closed) && (author == "" || author == strconv.Itoa(e.authorID()))
}

func (e *codeHostEntry) authorID() int {
	if e.author == githubBot {
		return gitlabBotID
	}
	return 1
}

func (e *codeHostEntry) set(fields url.Values) {
	for name := range fields {
		switch value := fields.Get(name); name {
		case "title":
			e.title = value
		case "body", "description":
			e.body = value
		case "state", "state_event":
			e.closed = value == "closed" || value == "close"
		}
	}
}

// fields are those of a form, as curl sends it, or of JSON, as gh does.
func (h *codeHost) fields(r *http.Request) url.Values {
	if r.Header.Get("Private-Token") != "" {
		_ = r.ParseForm()
		return r.PostForm
	}
	var sent map[string]string
	if err := json.NewDecoder(r.Body).Decode(&sent); err != nil {
		h.t.Errorf("%s %s: %s", r.Method, r.URL, err)
	}
	fields := url.Values{}
	for name, value := range sent {
		fields.Set(name, value)
	}
	return fields
}

// render has what is the same at both hosts only where it is.
func (h *codeHost) render(r *http.Request, id int, e *codeHostEntry) map[string]any {
	if r.Header.Get("Private-Token") == "" {
		return map[string]any{
			"url": fmt.Sprintf("%s%s/%d", h.url, r.URL.Path, id), "body": e.body, "user": map[string]any{"login": e.author},
		}
	}
	return map[string]any{"id": id, "iid": id, "body": e.body, "description": e.body, "author": map[string]any{"id": e.authorID()}}
}

func (h *codeHost) answer(w http.ResponseWriter, value any) {
	if err := json.NewEncoder(w).Encode(value); err != nil {
		h.t.Error(err)
	}
}

// githubCLI stands in for GitHub's CLI. It sends what it is told to the code host.
const githubCLI = `#!/bin/sh
set -eu
[ "$1" = api ]
shift
method=GET filter=. fields={}
while [ $# -gt 0 ]; do
  case $1 in
  --paginate) ;;
  --silent) filter=empty ;;
  --method) method=$2; shift ;;
  --jq) filter=$2; shift ;;
  --field)
    name=${2%%=*} value=${2#*=}
    case $value in
    @*) fields=$(printf %s "$fields" | jq --arg name "$name" --rawfile value "${value#@}" '.[$name] = $value') ;;
    *) fields=$(printf %s "$fields" | jq --arg name "$name" --arg value "$value" '.[$name] = $value') ;;
    esac
    shift ;;
  -*) echo "gh: $1?" >&2; exit 1 ;;
  *) endpoint=${1#"$CODE_HOST/"} ;;
  esac
  shift
done
printf %s "$fields" > "$PIPELINE_HOME/fields"
curl -fsS --request "$method" --header "Authorization: Bearer $GH_TOKEN" \
  --output "$PIPELINE_HOME/answer" --data-binary @"$PIPELINE_HOME/fields" "$CODE_HOST/$endpoint"
jq -r "$filter" "$PIPELINE_HOME/answer"
`
