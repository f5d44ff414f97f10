// Command reference is a provider that only sends. It has the two resources of the
// benchmark, and of the life of each only what cannot be left out: it checks nothing,
// judges nothing and reads nothing that it does not need. The benchmark compares the
// provider with it.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

func main() {
	for _, variable := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER"} {
		os.Setenv(variable, "off") //nolint:errcheck // Without it the log is made, and nobody reads it.
	}
	options := providerserver.ServeOpts{Address: "registry.terraform.io/signpath-community/signpath"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return &sender{} }, options); err != nil {
		log.Fatal(err)
	}
}

// A sender is the provider, and what its resources send with.
type sender struct {
	base, token string
	http        http.Client
	users       func() (map[string]user, error)
	lists       sync.Map
}

type user struct {
	ID    string `json:"id"`
	Email string `json:"accountEmailAddress"`
}

func (s *sender) Metadata(_ context.Context, _ provider.MetadataRequest, resp *provider.MetadataResponse) {
	resp.TypeName = "signpath"
}
func (s *sender) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse) {}
func (s *sender) DataSources(context.Context) []func() datasource.DataSource               { return nil }

func (s *sender) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{
		func() resource.Resource { return &userResource{sends{name: "_user", texts: []string{"name", "email"}}} },
		func() resource.Resource {
			return &entryResource{sends{name: "_signing_policy_approver", texts: []string{"project", "signing_policy", "member"}}}
		},
	}
}

func (s *sender) Configure(_ context.Context, _ provider.ConfigureRequest, resp *provider.ConfigureResponse) {
	s.base, s.token = os.Getenv("SIGNPATH_API_URL")+"/v1/"+os.Getenv("SIGNPATH_ORGANIZATION_ID"), os.Getenv("SIGNPATH_API_TOKEN")
	s.http.Transport = &http.Transport{MaxIdleConnsPerHost: 10}
	s.users = sync.OnceValues(func() (map[string]user, error) {
		var all []user
		_, err := s.send(http.MethodGet, "/InteractiveUsers", nil, &all)
		known := map[string]user{}
		for _, u := range all {
			known["user:"+u.Email], known[u.ID] = u, u
		}
		return known, err
	})
	resp.ResourceData = s
}

// send sends one request, with a body and for an answer if there are any, and returns the id
// of what was created.
func (s *sender) send(method, at string, body, answer any) (id string, err error) {
	encoded, _ := json.Marshal(body)
	req, err := http.NewRequest(method, s.base+at, bytes.NewReader(encoded)) //nolint:noctx // It is never interrupted.
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+s.token)
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.http.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode >= http.StatusBadRequest {
		err = fmt.Errorf("%s %s: %s %s", method, at, resp.Status, text)
	}
	if err == nil && answer != nil {
		err = json.Unmarshal(text, answer)
	}
	return resp.Header.Get("Location")[strings.LastIndex(resp.Header.Get("Location"), "/")+1:], err
}

// edit puts somebody onto the approvers of a signing policy, or takes them off.
func (s *sender) edit(project, policy, member string, add bool) error {
	users, err := s.users()
	if err != nil {
		return err
	}
	at := "/Projects/" + project + "/SigningPolicies/" + policy
	known, _ := s.lists.LoadOrStore(at, &sync.Mutex{})
	if lock, ok := known.(*sync.Mutex); ok {
		lock.Lock()
		defer lock.Unlock()
	}
	var object map[string]any
	if _, err := s.send(http.MethodGet, at, nil, &object); err != nil {
		return err
	}
	list, _ := object["approvers"].([]any)
	id := users[member].ID
	if list = slices.DeleteFunc(list, func(other any) bool { return other == id }); add {
		list = append(list, id)
	}
	object["approvers"] = list
	for answered, asked := range map[string]string{
		"usesApprovalProcess":        "useApprovalProcess",
		"verifiesTrustedBuildSystem": "verifyTrustedBuildSystem", "verifiesOriginPolicy": "verifyOriginPolicy",
	} {
		object[asked] = object[answered]
		delete(object, answered)
	}
	for _, fixed := range []string{"id", "link", "slug", "isActive", "certificateLink"} {
		delete(object, fixed)
	}
	_, err = s.send(http.MethodPost, at+"/Edit", object, nil)
	return err
}

// sends is what both resources share: texts that are given, and an id.
type sends struct {
	*sender
	name  string
	texts []string
}

func (r *sends) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + r.name
}

func (r *sends) Configure(_ context.Context, req resource.ConfigureRequest, _ *resource.ConfigureResponse) {
	r.sender, _ = req.ProviderData.(*sender)
}

func (r *sends) Schema(_ context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	attributes := map[string]schema.Attribute{"id": schema.StringAttribute{
		Computed: true, PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
	}}
	for _, name := range r.texts {
		attributes[name] = schema.StringAttribute{Required: true}
	}
	resp.Schema = schema.Schema{Attributes: attributes}
}
func (r *sends) Update(context.Context, resource.UpdateRequest, *resource.UpdateResponse) {}

// get returns texts of a plan or a state.
func get(ctx context.Context, from interface {
	GetAttribute(context.Context, path.Path, any) diag.Diagnostics
}, diags *diag.Diagnostics, names ...string,
) []string {
	values := make([]string, len(names))
	for i, name := range names {
		var value types.String
		diags.Append(from.GetAttribute(ctx, path.Root(name), &value)...)
		values[i] = value.ValueString()
	}
	return values
}

func report(diags *diag.Diagnostics, err error) {
	if err != nil {
		diags.AddError("Failed", err.Error())
	}
}

type userResource struct{ sends }

func (r *userResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	texts := get(ctx, req.Plan, &resp.Diagnostics, r.texts...)
	id, err := r.send(http.MethodPost, "/InteractiveUsers", map[string]string{"name": texts[0], "accountEmailAddress": texts[1]}, nil)
	report(&resp.Diagnostics, err)
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), id)...)
}

func (r *userResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	users, err := r.users()
	report(&resp.Diagnostics, err)
	if _, known := users[get(ctx, req.State, &resp.Diagnostics, "id")[0]]; err == nil && !known {
		resp.State.RemoveResource(ctx)
	}
}

func (r *userResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	id := get(ctx, req.State, &resp.Diagnostics, "id")[0]
	_, err := r.send(http.MethodPost, "/InteractiveUsers/"+id+"/Deactivate", nil, nil)
	report(&resp.Diagnostics, err)
}

type entryResource struct{ sends }

func (r *entryResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	texts := get(ctx, req.Plan, &resp.Diagnostics, r.texts...)
	report(&resp.Diagnostics, r.edit(texts[0], texts[1], texts[2], true))
	resp.State.Raw = req.Plan.Raw
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("id"), strings.Join(texts, "/"))...)
}

func (r *entryResource) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (r *entryResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	texts := get(ctx, req.State, &resp.Diagnostics, r.texts...)
	report(&resp.Diagnostics, r.edit(texts[0], texts[1], texts[2], false))
}
