package api

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
)

// A ContractMode says how the client settles the names that SignPath does not
// publish before it writes.
type ContractMode string

const (
	// ContractAuto reads the server's own OpenAPI document before the first
	// write, and goes by it. Without a document it assumes.
	ContractAuto ContractMode = "auto"
	// ContractAssumed writes with the assumed names and reads no document.
	ContractAssumed ContractMode = "assumed"
)

// A ContractError says that the server's own document has no place for what a
// request has to say. Nothing was sent.
type ContractError struct {
	// Route is the operation as assumed, "POST /CIUsers/{id}/Edit".
	Route string
	// Property is what the request cannot say, or the answer does not tell,
	// under its assumed name; empty if it is the route that is missing.
	Property string
	// Tried are the names, or routes, that were looked for.
	Tried []string
	// Offered are those that the document has instead.
	Offered []string
	// Reason is set if it is something else.
	Reason string
}

func (e *ContractError) Error() string {
	offers := "nothing of the kind"
	if len(e.Offered) > 0 {
		offers = strings.Join(e.Offered, ", ")
	}
	switch {
	case e.Reason != "":
		return fmt.Sprintf("%s was not sent: %s", e.Route, e.Reason)
	case e.Property == "":
		return fmt.Sprintf("%s was not sent: the server's own OpenAPI document does not have this route (looked for %s). It offers %s",
			e.Route, strings.Join(e.Tried, ", "), offers)
	}
	return fmt.Sprintf("%s was not sent: the server's own OpenAPI document does not have the property %q there (looked for %s). It offers %s",
		e.Route, e.Property, strings.Join(e.Tried, ", "), offers)
}

// A settledRoute is how one write is sent to this installation.
type settledRoute struct {
	// route has the method and path as the installation has them.
	route
	// assumed is the route as wire.go has it, for messages.
	assumed route
	// request is what the document says of the request; nil without one.
	request *schema
	// kindOf finds the kind of a principal.
	kindOf func(id string) (access.Kind, bool)
}

// settle finds out how a write is to be sent, before the first of its run with
// one request for the server's document. The error is a [*ContractError] if the
// document contradicts all that is plausible, or an [*httpapi.Error] if it is not known
// whether there is a document.
func (c *Client) settle(ctx context.Context, r route) (settledRoute, error) {
	settled := settledRoute{route: r, assumed: r, kindOf: c.kindOf}
	if c.config.Contract == ContractAssumed {
		return settled, nil
	}
	contract, err := c.snapshot.contract.get(ctx, c.readContract)
	if err != nil {
		return settled, err
	}
	if contract.document == nil {
		return settled, nil
	}
	offer := contract.document.offer(r)
	settled.route, settled.request = offer.route, offer.request
	return settled, offer.refusal()
}

func (c *Client) kindOf(id string) (access.Kind, bool) {
	p, ok := c.snapshot.directory.Get(id)
	return p.Kind, ok
}

// write sends a request that changes something, in the form that the
// installation takes. A nil compose sends no properties.
func (c *Client) write(ctx context.Context, r route, parameters []string, compose func(settledRoute) (object, error)) ([]byte, http.Header, error) {
	settled, err := c.settle(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	var body any
	if compose != nil {
		request, err := compose(settled)
		if err != nil {
			return nil, nil, err
		}
		if err := settled.requireFilled(request); err != nil {
			return nil, nil, err
		}
		body = request
	}
	return c.call(ctx, settled.route, parameters, body)
}

// nameOf returns the name of a property that the request has to have.
func (s settledRoute) nameOf(p property) (string, error) {
	if s.request == nil {
		return p.requestName(), nil
	}
	if name, ok := s.request.find(p); ok {
		return name, nil
	}
	return "", &ContractError{Route: s.assumed.String(), Property: p.requestName(), Tried: p.requestNames(), Offered: s.request.names()}
}

// nameLike is nameOf for a property of an object that the server answered:
// without a document, the name in requests goes with the names in the answer.
func (s settledRoute) nameLike(p property, answer object) (string, error) {
	if s.request != nil {
		return s.nameOf(p)
	}
	name, answered := "", answer.key(p)
	for _, other := range p.spellings() {
		if other.answer != answered {
			continue
		}
		if _, goesTogether := answer[other.with]; goesTogether {
			return other.requestName(), nil
		}
		if other.with == "" && name == "" {
			name = other.requestName()
		}
	}
	return name, nil
}

// encoder returns how the request writes the members of a list that the server
// answered like this.
func (s settledRoute) encoder(p property, answered json.RawMessage) (memberEncoder, error) {
	if s.request == nil {
		return encoderLike(answered, s.kindOf)
	}
	name, _ := s.request.find(p)
	return s.request.properties[name].memberEncoder(s.kindOf)
}

// requireFilled refuses a request that lacks what the document demands.
func (s settledRoute) requireFilled(request object) error {
	if s.request == nil {
		return nil
	}
	for _, name := range s.request.required {
		if _, ok := request[name]; !ok {
			return &ContractError{Route: s.assumed.String(), Reason: fmt.Sprintf(
				"the server's own OpenAPI document demands the property %q there, which this provider does not know. Its request has %s",
				name, strings.Join(slices.Sorted(maps.Keys(request)), ", "))}
		}
	}
	return nil
}

// composeEdit returns the request that makes an object as it is wanted: all its
// properties, each under the name that requests have for it. What is not known
// goes back as it came.
func composeEdit(s settledRoute, p pendingEdit) (object, error) {
	request, renamed := make(object, len(p.wanted)), object{}
	for answered, value := range p.wanted {
		known, isKnown := propertiesByAnswer[answered]
		if !isKnown || p.wanted.key(known) != answered {
			s.sendBack(request, answered, value)
			continue
		}
		name, err := s.nameLike(known, p.wanted)
		switch {
		case err != nil && p.changed[answered]:
			return nil, err
		case err != nil:
			s.sendBack(request, answered, value)
			continue
		}
		if renamed[name], err = s.encodeIfMembers(known, p, value); err != nil {
			return nil, err
		}
	}
	// Should an answer also have a property with a name of requests, the one that
	// is known wins.
	maps.Copy(request, renamed)
	return request, nil
}

// sendBack puts a property into the request as it came, unless the document says
// that there is no such property: a strict server would refuse the request.
func (s settledRoute) sendBack(request object, name string, value json.RawMessage) {
	if s.request != nil && s.request.closed {
		if _, offered := s.request.properties[name]; !offered {
			return
		}
	}
	request[name] = value
}

// encodeIfMembers brings a list of members into the form of requests. Without a
// document, a list that the edit does not change goes back as it came.
func (s settledRoute) encodeIfMembers(known property, p pendingEdit, value json.RawMessage) (json.RawMessage, error) {
	if !isMemberList(known) || (s.request == nil && !p.changed[p.before.key(known)]) {
		return value, nil
	}
	ids, err := decodeMembers(value)
	if err != nil {
		return nil, err
	}
	encoder, err := s.encoder(known, p.before.value(known))
	if err != nil {
		return nil, err
	}
	return encoder.encode(ids)
}

func isMemberList(p property) bool {
	for _, list := range listProperties {
		if list.name == p.name {
			return true
		}
	}
	return false
}

// propertiesByAnswer are the properties that an edit may have to rename, by all
// their plausible names in answers.
var propertiesByAnswer = func() map[string]property {
	properties := map[string]property{}
	for _, writes := range writeRoutes() {
		for _, p := range writes.request {
			for _, name := range p.answerNames() {
				properties[name] = p
			}
		}
	}
	return properties
}()

// A contract is what the server's own document says; document is nil if there
// is none, and then absence says why.
type contract struct {
	document *document
	absence  string
}

// ContractNotice returns, once, a warning that the client wrote with assumed
// names because the server offers no document to check them against. It is
// empty if there is nothing to say, or if it was said.
func (c *Client) ContractNotice() string {
	known, ok := c.snapshot.contract.peek()
	if !ok || known.document != nil || c.noticed.Swap(true) {
		return ""
	}
	return fmt.Sprintf("The names in SignPath's API are not all published, and this installation does not offer its own OpenAPI document to settle them (%s). "+
		"So the provider writes with the names that it assumes, and checks what became of it by reading it back.", known.absence)
}
