package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/secure-systems-lab/go-securesystemslib/dsse"

	"github.com/signpath-community/terraform-provider-signpath/internal/kit/envelope"
)

// What a sealed report is, in the words of in-toto and DSSE.
// Sources: https://github.com/in-toto/attestation/blob/main/spec/v1/envelope.md and statement.md.
const (
	// PayloadType says that the payload is an in-toto statement.
	PayloadType = "application/vnd.in-toto+json"
	// StatementType is the version of statements.
	StatementType = "https://in-toto.io/Statement/v1"
)

// A PredicateType is the address by which the statements of one program say that their
// predicate is that of this package.
type PredicateType string

// The names of the subjects of a statement.
const (
	subjectReport = "report"
	subjectPlan   = "plan"
	digestSHA256  = "sha256"
)

// A statement is what in-toto calls so. Its types of in-toto's own module would bring protobuf and
// its validation for these four fields, whose names have not changed since 2023.
type statement struct {
	Type          string        `json:"_type"`
	Subject       []subject     `json:"subject"`
	PredicateType PredicateType `json:"predicateType"`
	Predicate     predicate     `json:"predicate"`
}

type subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// A predicate has what the report is, and the report itself, so that one file is the evidence.
type predicate struct {
	Review envelope.Envelope `json:"review"`
	Inputs []Input           `json:"inputs"`
	Format string            `json:"format"`
	Report string            `json:"report"`
}

// An Input is a file that a report was made of, beside its plan and the file of its rules.
type Input struct {
	// Name says what the file was to the report, such as attestations.
	Name string `json:"name"`
	// SHA256 is that of the file, in hexadecimal digits.
	SHA256 string `json:"sha256"`
}

// A Sealed report is one of which the signature was found to be right.
type Sealed struct {
	// Head is what the report is: of which organization, read by whom, filtered how.
	Head envelope.Envelope
	// Inputs are the files that it was made of.
	Inputs []Input
	// Format is the one in which Report is written, such as html.
	Format string
	Report []byte
	// SHA256 is that of the report, in hexadecimal digits.
	SHA256 string
	// KeyID is that of the key that the signature fits. What the file calls the key, no signature protects.
	KeyID string
}

// Seal signs a report that was made of the inputs. The head is complete; see [envelope.Envelope.Of].
func (t PredicateType) Seal(
	ctx context.Context, signer dsse.Signer, head envelope.Envelope, format string, report []byte, inputs ...Input,
) ([]byte, error) {
	if !utf8.Valid(report) {
		return nil, errors.New("the report is no UTF-8")
	}
	s := statement{
		Type: StatementType, PredicateType: t, Subject: []subject{{subjectReport, map[string]string{digestSHA256: sumOf(report)}}},
		Predicate: predicate{Review: head, Inputs: append([]Input{}, inputs...), Format: format, Report: string(report)},
	}
	if head.Plan != nil {
		s.Subject = append(s.Subject, subject{subjectPlan, map[string]string{digestSHA256: head.Plan.SHA256}})
	}
	payload, err := oneLine(s)
	if err != nil {
		return nil, err
	}
	envelopes, err := dsse.NewEnvelopeSigner(signer)
	if err != nil {
		return nil, err
	}
	signed, err := envelopes.SignPayload(ctx, PayloadType, payload)
	if err != nil {
		return nil, err
	}
	sealed, err := oneLine(signed)
	return append(sealed, '\n'), err
}

// oneLine writes JSON as this package does, which is the only spelling that it reads.
func oneLine(value any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(value)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

func sumOf(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// errNotRight says so of the signature, whatever the reason is: nobody can tell a changed byte
// from another key.
var errNotRight = errors.New("the signature is not right: the report was changed after it was sealed, or it was sealed with another key")

// Open checks the signature of a sealed report, and that it says what [Seal] would say. Nothing
// of a report is returned whose signature is not right. The error is a sentence without a full
// stop.
func (t PredicateType) Open(ctx context.Context, sealed []byte, verifier dsse.Verifier) (*Sealed, error) {
	signed, err := readEnvelope(sealed)
	if err != nil {
		return nil, err
	}
	envelopes, err := dsse.NewEnvelopeVerifier(verifier)
	if err != nil {
		return nil, err
	}
	accepted, payload, err := envelopes.VerifyAndDecode(ctx, signed)
	if err != nil {
		return nil, errNotRight
	}
	return t.readStatement(payload, accepted[0].KeyID)
}

// readEnvelope reads what carries the signature, and is not signed itself. So it has to be
// spelled as [Seal] spells it: nothing can then be put into it that one reader sees and another
// one does not.
func readEnvelope(sealed []byte) (*dsse.Envelope, error) {
	sealed = bytes.TrimRight(sealed, "\r\n")
	if err := CheckKeys(sealed); err != nil {
		return nil, fmt.Errorf("it is no sealed report, or a part of one: %w", err)
	}
	var signed dsse.Envelope
	if err := json.Unmarshal(sealed, &signed); err != nil {
		return nil, fmt.Errorf("it is no sealed report: %w", err)
	}
	if signed.PayloadType == "" {
		return nil, errors.New("it is no sealed report: no payload is in it")
	}
	if signed.PayloadType != PayloadType {
		return nil, fmt.Errorf("its payload is of the type %q, and that of a sealed report is %q", signed.PayloadType, PayloadType)
	}
	if n := len(signed.Signatures); n != 1 {
		return nil, fmt.Errorf("it has %d signatures, and a sealed report has one", n)
	}
	again, err := oneLine(signed)
	if err != nil || !bytes.Equal(again, sealed) || !isPlainBase64(signed.Payload) || !isPlainBase64(signed.Signatures[0].Sig) {
		return nil, errors.New("it is not written as a sealed report is, so somebody changed it")
	}
	return &signed, nil
}

// isPlainBase64 tells whether the text is the one spelling of what it says.
func isPlainBase64(text string) bool {
	data, err := base64.StdEncoding.DecodeString(text)
	return err == nil && base64.StdEncoding.EncodeToString(data) == text
}

// readStatement reads what was signed.
func (t PredicateType) readStatement(payload []byte, keyID string) (*Sealed, error) {
	if err := CheckKeys(payload); err != nil {
		return nil, fmt.Errorf("what was signed is no statement: %w", err)
	}
	var s statement
	if err := json.Unmarshal(payload, &s); err != nil {
		return nil, fmt.Errorf("what was signed is no statement: %w", err)
	}
	switch {
	case s.Type != StatementType:
		return nil, fmt.Errorf("what was signed is of the type %q, and no in-toto statement of version 1", s.Type)
	case s.PredicateType != t:
		return nil, fmt.Errorf("what was signed is a statement of the type %q, and no report of this program, or one of a later version", s.PredicateType)
	}
	sealed := &Sealed{
		Head: s.Predicate.Review, Inputs: s.Predicate.Inputs, Format: s.Predicate.Format, Report: []byte(s.Predicate.Report), KeyID: keyID,
	}
	sealed.SHA256 = sumOf(sealed.Report)
	wanted := map[string]string{subjectReport: sealed.SHA256}
	if plan := sealed.Head.Plan; plan != nil {
		wanted[subjectPlan] = plan.SHA256
	}
	for _, subject := range s.Subject {
		if sum, known := wanted[subject.Name]; !known || len(subject.Digest) != 1 || subject.Digest[digestSHA256] != sum {
			return nil, fmt.Errorf("the digest of the %s is not that of what was signed", subject.Name)
		}
		delete(wanted, subject.Name)
	}
	if len(wanted) > 0 {
		return nil, errors.New("what was signed lacks the digest of the report, or of its plan")
	}
	return sealed, nil
}

// CheckKeys reads JSON of one value, in which no object has a key twice: of two, one reader takes
// the first and another one the last. The error is a sentence without a full stop.
func CheckKeys(document []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(document))
	if err := checkValue(decoder, 0); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("it ends too early")
		}
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind its end")
	}
	return nil
}

// maxDepth is more than any report has.
const maxDepth = 64

func checkValue(decoder *json.Decoder, depth int) error {
	if depth > maxDepth {
		return errors.New("it is nested too deep")
	}
	token, err := decoder.Token()
	if err != nil {
		return err
	}
	delimiter, isDelimiter := token.(json.Delim)
	if !isDelimiter {
		return nil
	}
	seen := map[string]bool{}
	for decoder.More() {
		if delimiter == '{' {
			key, err := decoder.Token()
			if err != nil {
				return err
			}
			// Go takes keys that differ by case for one, and so some letters that are no others in upper case, such as ſ.
			name := strings.ToLower(strings.ToUpper(fmt.Sprint(key)))
			if seen[name] {
				return fmt.Errorf("the key %q is there twice", key)
			}
			seen[name] = true
		}
		if err := checkValue(decoder, depth+1); err != nil {
			return err
		}
	}
	_, err = decoder.Token()
	return err
}

// ahead is how far the clocks of two machines may differ.
const ahead = 5 * time.Minute

// CheckAge refuses a report that is too old, and one of a time that has not come. An age of 0 is
// any.
func (s *Sealed) CheckAge(now time.Time, most time.Duration) error {
	switch age := now.Sub(s.Head.Time); {
	case age < -ahead:
		return fmt.Errorf("the report is of %s, which has not come yet", s.Head.Time.Format(time.RFC3339))
	case most > 0 && age > most:
		return fmt.Errorf("the report is of %s, which is more than %s ago", s.Head.Time.Format(time.RFC3339), most)
	}
	return nil
}

// CheckReport refuses a file that is not the report that was sealed.
func (s *Sealed) CheckReport(file []byte) error {
	if sum := sumOf(file); sum != s.SHA256 {
		return fmt.Errorf("the file has the SHA-256 %s, and the report that was sealed has %s", sum, s.SHA256)
	}
	return nil
}

// CheckPlan refuses a file that is not the plan that the report is of.
func (s *Sealed) CheckPlan(file []byte) error {
	if s.Head.Plan == nil {
		return errors.New("the report is of no plan")
	}
	if sum := sumOf(file); sum != s.Head.Plan.SHA256 {
		return fmt.Errorf("the file has the SHA-256 %s, and the report is of a plan with %s", sum, s.Head.Plan.SHA256)
	}
	return nil
}

// CheckInput refuses a file that the report was not made of.
func (s *Sealed) CheckInput(file []byte) error {
	sum := sumOf(file)
	if slices.ContainsFunc(s.Inputs, func(i Input) bool { return i.SHA256 == sum }) {
		return nil
	}
	return fmt.Errorf("the file has the SHA-256 %s, and the report was made of %s", sum, spellInputs(s.Inputs))
}

func spellInputs(inputs []Input) string {
	if len(inputs) == 0 {
		return "no file"
	}
	spelled := make([]string, len(inputs))
	for i, input := range inputs {
		spelled[i] = input.Name + " with " + input.SHA256
	}
	return strings.Join(spelled, " and ")
}

// CheckKind refuses a report of another kind, such as one on a plan, which shows no filter either.
func (s *Sealed) CheckKind(kind string) error {
	if s.Head.Kind != kind {
		return fmt.Errorf("the report is of the kind %q, and was expected to be of the kind %q", s.Head.Kind, kind)
	}
	return nil
}

// CheckOrganization refuses a report on another organization than that of the id.
func (s *Sealed) CheckOrganization(id string) error {
	if of := s.Head.Organization.ID; of == nil || !strings.EqualFold(*of, id) {
		return fmt.Errorf("the report is about the organization %s, and was expected to be about %s", spellID(of), id)
	}
	return nil
}

// CheckRules refuses a report that a file of other rules judges; of the defaults if the file is nil.
func (s *Sealed) CheckRules(file []byte) error {
	judged, wanted := s.Head.Rules, ""
	if file != nil {
		wanted = sumOf(file)
	}
	if judged == nil {
		return errors.New("no rules judge the report")
	}
	if sum := rulesOf(s.Head); sum != wanted {
		return fmt.Errorf("the report is judged by %s, and was expected to be judged by %s", spellRules(sum), spellRules(wanted))
	}
	return nil
}

func spellRules(sum string) string {
	if sum == "" {
		return "the default rules"
	}
	return "rules with the SHA-256 " + sum
}

// CheckFilters refuses a report that shows another part of the organization than was expected.
func (s *Sealed) CheckFilters(expected map[string][]string) error {
	if !sameFilters(expected, s.Head.Filters) {
		return fmt.Errorf("the report shows %s, and was expected to show %s", SpellFilters(s.Head.Filters), SpellFilters(expected))
	}
	return nil
}
