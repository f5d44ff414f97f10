package datasource

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework-timetypes/timetypes"
	"github.com/hashicorp/terraform-plugin-framework-validators/int64validator"
	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/signpath-community/terraform-provider-signpath/internal/access"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/api"
	"github.com/signpath-community/terraform-provider-signpath/internal/signpath/provider/run"
)

// needsAuditLog is said when SignPath does not let the audit log be read.
const needsAuditLog = "Which role may read the audit log is not documented; Global Administrator or Global Reader is inferred from what the roles are for. " +
	"The route is a preview: an installation may lack it."

// auditEventsDataSource reads who changed what.
type auditEventsDataSource struct{ run.ConfiguredDataSource }

var _ datasource.DataSourceWithConfigure = (*auditEventsDataSource)(nil)

func newAuditEventsDataSource() datasource.DataSource { return &auditEventsDataSource{} }

// auditEventsModel is the state of the data source signpath_audit_events.
type auditEventsModel struct {
	Since   timetypes.RFC3339  `tfsdk:"since"`
	Actor   types.String       `tfsdk:"actor"`
	Event   types.String       `tfsdk:"event"`
	Object  types.String       `tfsdk:"object"`
	Limit   types.Int64        `tfsdk:"limit"`
	Partial types.Bool         `tfsdk:"partial"`
	Events  []auditEventRecord `tfsdk:"events"`
}

type auditEventRecord struct {
	ID      types.String        `tfsdk:"id"`
	Time    timetypes.RFC3339   `tfsdk:"time"`
	Event   types.String        `tfsdk:"event"`
	Actor   *auditActorRecord   `tfsdk:"actor"`
	Object  *auditObjectRecord  `tfsdk:"object"`
	Changes []auditChangeRecord `tfsdk:"changes"`
}

type auditActorRecord struct {
	ID     types.String `tfsdk:"id"`
	Name   types.String `tfsdk:"name"`
	Member types.String `tfsdk:"member"`
}

type auditObjectRecord struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
	Type types.String `tfsdk:"type"`
}

type auditChangeRecord struct {
	Property types.String `tfsdk:"property"`
	Before   types.String `tfsdk:"before"`
	After    types.String `tfsdk:"after"`
}

// Metadata implements [datasource.DataSource].
func (d *auditEventsDataSource) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_audit_events"
}

// Schema implements [datasource.DataSource].
func (d *auditEventsDataSource) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Lists who changed what in the organization, from SignPath's audit log of administrative events.\n\n" +
			"~> **The audit log is a preview of SignPath's API, and little of it is documented:** the route, the form of the names of events, and where the actor stands. " +
			"SignPath has changed its names twice, and may change or end it at any time. So this data source takes what it understands. " +
			"What an event does not tell, or tells in a form that the provider " +
			"does not know, is null and never made up, and no event is left out because of that. " +
			"That the list is complete, how far it reaches back, and who may read it, is not guaranteed.\n\n" +
			"Events are read anew in every plan, so an output of them changes whenever somebody changes something.",
		Attributes: map[string]schema.Attribute{
			"since": schema.StringAttribute{
				Optional: true, CustomType: timetypes.RFC3339Type{},
				MarkdownDescription: "Only events of this time or later, as RFC 3339, such as `2026-11-22T00:00:00Z`. An event of which the time is not known is never left out.",
			},
			"actor": schema.StringAttribute{
				Optional: true,
				MarkdownDescription: "Only events of this actor: a member reference, such as `user:org.admin@example.com`, compared by id or e-mail address, " +
					"or the name exactly as the audit log has it. Names are not unique.",
				Validators: []validator.String{isActor()},
			},
			"event": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only events of this name, such as `SigningPolicy.Edited`. SignPath documents the form of the names, and few names.",
				Validators:          []validator.String{run.IsName()},
			},
			"object": schema.StringAttribute{
				Optional:            true,
				MarkdownDescription: "Only events about the object with this id, or with this name exactly as the audit log has it.",
				Validators:          []validator.String{run.IsName()},
			},
			"limit": schema.Int64Attribute{
				Optional:            true,
				MarkdownDescription: "At most this many events, the newest. All if it is not set; everything goes into the state.",
				Validators:          []validator.Int64{int64validator.AtLeast(1)},
			},
			"partial": schema.BoolAttribute{
				Computed: true,
				MarkdownDescription: "True if SignPath's answer had more than the list of events, such as a link: there may be further events that the provider does not know how to ask for. " +
					"False is no promise that there are none.",
			},
			"events": schema.ListNestedAttribute{
				Computed:            true,
				MarkdownDescription: "The events that match every filter, the newest first; those of which the time is not known come last.",
				NestedObject:        schema.NestedAttributeObject{Attributes: auditEventAttributes()},
			},
		},
	}
}

func auditEventAttributes() map[string]schema.Attribute {
	const untold = "; null if the event does not tell."
	computed := func(description string) schema.StringAttribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		run.AttrID: computed("Id of the event" + untold),
		"time": schema.StringAttribute{
			Computed: true, CustomType: timetypes.RFC3339Type{},
			MarkdownDescription: "When it happened, as RFC 3339 in UTC" + untold,
		},
		"event": computed("Name of the event, `<Entity>.<PastTense>` (documented)" + untold),
		"actor": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "Who made the change" + untold,
			Attributes: map[string]schema.Attribute{
				run.AttrID:     computed("Id" + untold),
				run.AttrName:   computed("Name, or e-mail address where that is all the event tells" + untold),
				run.AttrMember: computed("Member reference, if the event tells an id or e-mail address that the organization has; else null."),
			},
		},
		"object": schema.SingleNestedAttribute{
			Computed: true, MarkdownDescription: "What was changed" + untold,
			Attributes: map[string]schema.Attribute{
				run.AttrID:   computed("Id" + untold),
				run.AttrName: computed("Name as the audit log has it" + untold),
				"type":       computed("Entity in the name of the event, such as `SigningPolicy`" + untold),
			},
		},
		"changes": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "The properties that were changed, ordered by name. Empty if the event does not tell any.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"property": computed("Name of the property in SignPath's API."),
				"before":   computed("JSON of the value before, for `jsondecode`" + untold),
				"after":    computed("JSON of the value after, for `jsondecode`" + untold),
			}},
		},
	}
}

// Read implements [datasource.DataSource].
func (d *auditEventsDataSource) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var model auditEventsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &model)...)
	filter, diags := model.filter()
	resp.Diagnostics.Append(diags...)
	if resp.Diagnostics.HasError() {
		return
	}
	log, directory, err := d.readAuditLog(ctx)
	if err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{Doing: "Reading the audit log", Needs: needsAuditLog}, err)
		return
	}
	if err := filter.resolve(directory); err != nil {
		run.AddFailure(&resp.Diagnostics, run.Failure{At: path.Root("actor"), Doing: "Looking up the actor"}, err)
		return
	}
	model.Partial = types.BoolValue(log.Partial)
	model.Events = []auditEventRecord{}
	for _, event := range newestFirst(log.Events) {
		if filter.matches(event, directory) && (filter.limit == 0 || int64(len(model.Events)) < filter.limit) {
			model.Events = append(model.Events, newAuditEventRecord(event, directory))
		}
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, model)...)
}

// isActor accepts a name, and a member reference of somebody who can act.
func isActor() validator.String {
	return run.StringValidator{
		Valid:   "a member reference of a user, or a name",
		Summary: "Invalid actor",
		Check: func(value string) error {
			for _, kind := range access.Kinds() {
				if !strings.HasPrefix(value, string(kind)+":") {
					continue
				}
				reference, err := access.ParseReference(value)
				if err == nil && reference.Kind == access.KindGroup {
					err = fmt.Errorf("%q is a user group, which does nothing itself", value)
				}
				return err
			}
			return run.CheckName(value)
		},
	}
}

// readAuditLog reads the events, and the directory that knows their actors.
func (d *auditEventsDataSource) readAuditLog(ctx context.Context) (api.AuditLog, *access.Directory, error) {
	log, err := d.Client.AuditEvents(ctx)
	if err != nil {
		return log, nil, err
	}
	directory, err := d.Client.Directory(ctx, access.KindUser, access.KindCIUser)
	return log, directory, err
}

// newestFirst orders events by time. Those of an unknown time stay as SignPath
// ordered them, at the end.
func newestFirst(events []api.AuditEvent) []api.AuditEvent {
	ordered := slices.Clone(events)
	slices.SortStableFunc(ordered, func(a, b api.AuditEvent) int { return b.Time.Compare(a.Time) })
	return ordered
}

func newAuditEventRecord(event api.AuditEvent, directory *access.Directory) auditEventRecord {
	record := auditEventRecord{
		ID: run.TextOrNull(event.ID), Time: timetypes.NewRFC3339Null(), Event: run.TextOrNull(event.Name),
		Changes: []auditChangeRecord{},
	}
	if !event.Time.IsZero() {
		record.Time = timetypes.NewRFC3339TimeValue(event.Time)
	}
	if actor := event.Actor; actor != (api.AuditParty{}) {
		record.Actor = &auditActorRecord{ID: run.TextOrNull(actor.ID), Name: run.TextOrNull(cmp.Or(actor.Name, actor.Email))}
		if p, ok := actor.Principal(directory); ok {
			record.Actor.Member = types.StringValue(directory.ReferenceTo(p.ID).String())
		}
	}
	if object := event.Object; object != (api.AuditParty{}) {
		record.Object = &auditObjectRecord{ID: run.TextOrNull(object.ID), Name: run.TextOrNull(object.Name), Type: run.TextOrNull(object.Type)}
	}
	for _, change := range event.Changes {
		record.Changes = append(record.Changes, auditChangeRecord{
			Property: types.StringValue(change.Property), Before: run.TextOrNull(string(change.Before)), After: run.TextOrNull(string(change.After)),
		})
	}
	return record
}

// An auditFilter says which events are wanted; what is empty leaves out none.
type auditFilter struct {
	since time.Time
	// actor is a name, or the reference that member is read from.
	actor         string
	member        access.Reference
	memberID      string
	event, object string
	limit         int64
}

func (m auditEventsModel) filter() (auditFilter, diag.Diagnostics) {
	filter := auditFilter{
		actor: m.Actor.ValueString(), event: m.Event.ValueString(), object: m.Object.ValueString(), limit: m.Limit.ValueInt64(),
	}
	// What is no reference is a name, also one with a colon in it.
	if reference, err := access.ParseReference(filter.actor); err == nil {
		filter.member = reference
	}
	if m.Since.IsNull() {
		return filter, nil
	}
	since, diags := m.Since.ValueRFC3339Time()
	filter.since = since
	return filter, diags
}

// resolve finds the actor that a reference names. One that nobody has is an
// error: without events it would look like somebody who did nothing.
func (f *auditFilter) resolve(directory *access.Directory) error {
	if f.member.Kind == "" {
		return nil
	}
	p, err := directory.Resolve(f.member)
	f.memberID = p.ID
	return err
}

func (f *auditFilter) matches(event api.AuditEvent, directory *access.Directory) bool {
	switch {
	case !event.Time.IsZero() && event.Time.Before(f.since):
		return false
	case f.event != "" && f.event != event.Name:
		return false
	case f.object != "" && f.object != event.Object.Name && !strings.EqualFold(f.object, event.Object.ID):
		return false
	}
	return f.actor == "" || f.isActor(event.Actor, directory)
}

func (f *auditFilter) isActor(actor api.AuditParty, directory *access.Directory) bool {
	if f.memberID == "" {
		return f.actor == actor.Name
	}
	p, ok := actor.Principal(directory)
	return ok && p.ID == f.memberID
}
