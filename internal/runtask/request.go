package runtask

import (
	"crypto/hmac"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// signatureHeader has the HMAC of the body of a request, in hex.
const signatureHeader = "X-TFC-Task-Signature"

// isSigned tells whether somebody who has the key wrote the body.
func isSigned(key, body []byte, signature string) bool {
	given, err := hex.DecodeString(signature)
	if err != nil {
		return false
	}
	sum := hmac.New(sha512.New, key)
	sum.Write(body)
	return hmac.Equal(given, sum.Sum(nil))
}

// A request asks for the judgement of one plan.
type request struct {
	PayloadVersion   int    `json:"payload_version"`
	Stage            string `json:"stage"`
	AccessToken      string `json:"access_token"`
	ResultID         string `json:"task_result_id"`
	EnforcementLevel string `json:"task_result_enforcement_level"`
	CallbackURL      string `json:"task_result_callback_url"`
	PlanURL          string `json:"plan_json_api_url"`
	RunID            string `json:"run_id"`
	Organization     string `json:"organization_name"`
	Workspace        string `json:"workspace_name"`
	Capabilities     struct {
		Outcomes bool `json:"outcomes"`
	} `json:"capabilities"`
}

// What a request says that is sent when somebody sets a run task up.
const (
	testLevel = "test"
	testToken = "test-token"
)

// isTest tells whether the request only asks if the service answers.
func (r *request) isTest() bool {
	return r.EnforcementLevel == testLevel || r.Stage == testLevel || r.AccessToken == testToken
}

// hasPlan tells whether there is a plan at the stage, and something left to decide.
func (r *request) hasPlan() bool { return r.Stage == "post_plan" || r.Stage == "pre_apply" }

func parseRequest(body []byte) (*request, error) {
	var r request
	if err := json.Unmarshal(body, &r); err != nil {
		return nil, errors.New("the body is no JSON of a run task")
	}
	if r.PayloadVersion != 1 {
		return nil, fmt.Errorf("the payload has version %d, and only 1 is known", r.PayloadVersion)
	}
	return &r, nil
}

// A Host is the one that is talked to: a name, with a port unless that is 443.
type Host string

// ParseHost reads a host, and refuses all else that a URL can have.
func ParseHost(text string) (Host, error) {
	parsed, err := url.Parse("https://" + text)
	if err != nil || parsed.Hostname() == "" || parsed.Host != text || parsed.User != nil {
		return "", fmt.Errorf("%q is no host: give its name, and its port unless that is 443, as in app.terraform.io", text)
	}
	return hostOf(parsed), nil
}

func hostOf(u *url.URL) Host {
	return Host(strings.ToLower(strings.TrimSuffix(u.Host, ":443")))
}

// admit returns a URL only if it is one of the host, by https.
func (h Host) admit(text string) (*url.URL, error) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil:
		return nil, errors.New("it cannot be read")
	case parsed.Scheme != "https":
		return nil, errors.New("it does not begin with https")
	case parsed.User != nil || hostOf(parsed) != h:
		return nil, fmt.Errorf("it is not of the host %s", h)
	}
	return parsed, nil
}
