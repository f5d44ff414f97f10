package provider_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

// libsodium is the script in tools/sealed-box, beside which libsodium is installed. Without
// it, Go's own implementation opens what is sealed.
var libsodium = flag.String("libsodium", "", "a script that opens sealed boxes with libsodium; see tools/sealed-box-check.sh")

// A boxOwner has a private key for sealed boxes.
type boxOwner interface {
	// publicKey is in base64.
	publicKey() string
	open(sealed string) (string, error)
}

func (k githubKey) publicKey() string { return k.base64() }

// newBoxOwner makes a pair of keys.
func newBoxOwner(t *testing.T) boxOwner {
	t.Helper()
	if *libsodium == "" {
		return newGitHubKey(t, "")
	}
	node := exec.CommandContext(t.Context(), "node", *libsodium)
	node.Stderr = os.Stderr
	stdin, err := node.StdinPipe()
	must(t, err)
	stdout, err := node.StdoutPipe()
	must(t, err)
	must(t, node.Start())
	t.Cleanup(func() { _ = stdin.Close(); _ = node.Wait() })
	owner := &sodiumOwner{stdin: stdin, stdout: bufio.NewReader(stdout)}
	owner.public, err = owner.line()
	must(t, err)
	t.Log("libsodium opens what is sealed")
	return owner
}

// A sodiumOwner is libsodium, in a process of its own.
type sodiumOwner struct {
	public string
	stdin  io.Writer
	stdout *bufio.Reader
}

func (o *sodiumOwner) publicKey() string { return o.public }

func (o *sodiumOwner) line() (string, error) {
	line, err := o.stdout.ReadString('\n')
	return strings.TrimSpace(line), err
}

func (o *sodiumOwner) open(sealed string) (string, error) {
	if _, err := fmt.Fprintln(o.stdin, sealed); err != nil {
		return "", err
	}
	line, err := o.line()
	if err != nil {
		return "", err
	}
	var text *string
	if err := json.Unmarshal([]byte(line), &text); err != nil || text == nil {
		return "", fmt.Errorf("it cannot be opened: %s, %w", line, err)
	}
	return *text, nil
}

// A gitHub stands in for GitHub's API: it has a public key for the secrets of one repository,
// and takes a secret only if it is sealed for that key.
type gitHub struct {
	url string

	mu      sync.Mutex
	keyID   string
	owner   boxOwner
	secrets []string
}

const secretsPath = "/repos/team-1/project-b/actions/secrets"

func newGitHub(t *testing.T) *gitHub {
	t.Helper()
	g := &gitHub{}
	g.changeKey(t, "568250167242549743")
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+secretsPath+"/public-key", func(w http.ResponseWriter, _ *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]string{"key_id": g.keyID, "key": g.owner.publicKey()})
	})
	mux.HandleFunc("PUT "+secretsPath+"/SIGNPATH_API_TOKEN", func(w http.ResponseWriter, r *http.Request) {
		g.mu.Lock()
		defer g.mu.Unlock()
		var secret struct {
			EncryptedValue string `json:"encrypted_value"`
			KeyID          string `json:"key_id"`
		}
		if err := json.NewDecoder(r.Body).Decode(&secret); err != nil || secret.KeyID != g.keyID {
			http.Error(w, "the secret is sealed for another key", http.StatusUnprocessableEntity)
			return
		}
		text, err := g.owner.open(secret.EncryptedValue)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnprocessableEntity)
			return
		}
		g.secrets = append(g.secrets, text)
		w.WriteHeader(http.StatusNoContent)
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	g.url = server.URL
	return g
}

// changeKey gives the repository another pair of keys.
func (g *gitHub) changeKey(t *testing.T, id string) {
	t.Helper()
	owner := newBoxOwner(t)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keyID, g.owner = id, owner
}

// recipient is the key as an element of github_recipients, asked for as the data source does.
func (g *gitHub) recipient(t *testing.T) string {
	t.Helper()
	resp, err := http.Get(g.url + secretsPath + "/public-key")
	must(t, err)
	defer resp.Body.Close()
	var key struct {
		Key   string `json:"key"`
		KeyID string `json:"key_id"`
	}
	must(t, json.NewDecoder(resp.Body).Decode(&key))
	return fmt.Sprintf("{ key = %q, key_id = %q }", key.Key, key.KeyID)
}

// delivery puts the sealed token to GitHub, and nothing else: a command gets the value of
// github_tokens. On the way it takes down the arguments and the environment of all processes.
const delivery = `
resource "terraform_data" "secret" {
  triggers_replace = signpath_ci_user_token.this.github_tokens["release"]

  provisioner "local-exec" {
    command     = <<-SCRIPT
      cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ >> processes 2> /dev/null
      printf '{"encrypted_value": "%%s", "key_id": "%%s"}' "$VALUE" "$KEY_ID" | curl -fsS -X PUT --data-binary @- %s
    SCRIPT
    environment = {
      VALUE  = self.triggers_replace.value
      KEY_ID = self.triggers_replace.key_id
    }
  }
}
`

// TestCLITokenReachesGitHub delivers a token, and the next one after GitHub has changed its key.
// It learns the tokens from GitHub alone, and searches all else for them: state, plans, the
// most talkative log, and the arguments and environments of every process.
func TestCLITokenReachesGitHub(t *testing.T) {
	t.Parallel()
	host := newGitHub(t)
	w := newWorkspaceWithBinary(t, nil)
	w.Env = append(w.Env, "TF_LOG=TRACE", "TF_LOG_PATH="+filepath.Join(w.Directory, "trace.log"))
	said := &bytes.Buffer{}
	run := func(arguments ...string) error {
		command := w.Command(w.CLI, arguments...)
		command.Stdout, command.Stderr = said, said
		return command.Run()
	}
	configure := func(ticket string) {
		w.Write("main.tf", newToken(forGitHub("release = "+host.recipient(t)), `rotation_triggers = { ticket = "`+ticket+`" }`, `rotate_after = "90d"`)+
			fmt.Sprintf(delivery, host.url+secretsPath+"/SIGNPATH_API_TOKEN"))
	}
	apply := func(name string) {
		t.Helper()
		for _, arguments := range [][]string{{"plan", "-out", name}, {"apply", name}, {"show", "-json", name}, {"show", "-json"}} {
			if err := run(arguments...); err != nil {
				t.Fatalf("%q: %s\n%s", arguments, err, said)
			}
		}
	}
	configure("1")
	apply("first.tfplan")
	host.changeKey(t, "568250167242549744")
	configure("1")
	apply("nothing.tfplan") // Another key sends nothing.
	if len(host.secrets) != 1 || !strings.Contains(said.String(), replacedKey) {
		t.Fatalf("GitHub got %d secrets, and the plan warns of the key: %t\n%s", len(host.secrets), strings.Contains(said.String(), replacedKey), said)
	}
	configure("2")
	apply("second.tfplan")
	if len(host.secrets) != 2 || w.org.Accepts(host.secrets[0]) || !w.org.Accepts(host.secrets[1]) {
		t.Fatalf("GitHub got %d secrets, and not the token that SignPath accepts now\n%s", len(host.secrets), said)
	}

	left := w.leftovers()
	left["output"] = said.Bytes()
	if !bytes.Contains(left["trace.log"], []byte("RegenerateApiToken")) {
		t.Fatal("the trace has no regeneration, so this test shows nothing")
	}
	seen := func(text string) bool { return bytes.Contains(left["processes"], []byte(text)) }
	if runtime.GOOS == "linux" && (!seen("apply\x00second.tfplan") || !seen("SIGNPATH_API_TOKEN=")) {
		t.Fatal("the arguments and environments of the processes do not have those of Terraform, so this test shows nothing")
	}
	for name, content := range left {
		for _, secret := range host.secrets {
			if bytes.Contains(content, []byte(secret[:20])) {
				t.Errorf("%s has a token", name)
			}
		}
		if name == "processes" {
			continue // Terraform's own token is in its environment.
		}
		for _, candidate := range tokenShape.FindAll(content, -1) {
			if w.org.Accepts(string(candidate)) {
				t.Errorf("%s has the token of a user", name)
			}
		}
	}
}
