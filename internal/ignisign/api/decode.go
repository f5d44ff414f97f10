package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/httpapi"
)

// idShape is what an id of an answer must look like before anything is asked for with it. That ids
// are 24 hexadecimal digits is observed for some and inferred for the others, so it is not demanded.
var idShape = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$`)

// IsID tells whether text can be the id of an invitation, a webhook or an event.
func IsID(text string) bool { return idShape.MatchString(text) }

// checkID refuses what is no id.
func checkID(what, id string) error {
	switch {
	case id == "":
		return fmt.Errorf("%s has no _id", what)
	case !IsID(id):
		return fmt.Errorf("%s has an _id that is none", what)
	}
	return nil
}

// checkApp refuses what is of another application. An answer need not say whose it is where the
// request has named the application, and then it is of that.
func (c *Client) checkApp(what, appID string) error {
	if appID != "" && !strings.EqualFold(appID, c.appID) {
		return fmt.Errorf("%s is of another application", what)
	}
	return nil
}

// decodeObject decodes a JSON object.
func decodeObject(body []byte, into any) error {
	if !json.Valid(body) || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) {
		return httpapi.NotJSON(body, "it is no object")
	}
	return describeMismatch(json.Unmarshal(body, into))
}

// decodeList decodes a JSON array of objects. An envelope around a list is none: what else it may
// say, such as that it is one page of many, is not known.
func decodeList(body []byte) ([]json.RawMessage, error) {
	var items []json.RawMessage
	if !json.Valid(body) || !bytes.HasPrefix(bytes.TrimSpace(body), []byte("[")) {
		return nil, httpapi.NotJSON(body, "it is no list")
	}
	return items, describeMismatch(json.Unmarshal(body, &items))
}

// describeMismatch names the property that has another type than expected, and never its value.
func describeMismatch(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) {
		kind, _, _ := strings.Cut(mismatch.Value, " ")
		return fmt.Errorf("%w: %q is a JSON %s", httpapi.ErrNotJSON, mismatch.Field, kind)
	}
	return err
}
