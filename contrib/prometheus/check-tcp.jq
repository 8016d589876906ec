# The records of `check-tcp --format json`, slurped (-s), as Prometheus' text format; --arg list
# NAME names the list. The names are blackbox_exporter's where it has one.

def labels($more):
  [{list: $list, target: (.target // ""), name: (.name // ""), line: (.line // ""), service} + $more
   | to_entries[] | "\(.key)=\(.value | tostring | tojson)"] | "{" + join(",") + "}";

def family($name; $help; samples):
  "# HELP \($name) \($help)", "# TYPE \($name) gauge",
  (.[] | . as $record | samples
   | . as {$value} | (.labels // {}) as $more | $record | "\($name)\(labels($more)) \($value)");

if length == 0 then error("no record: check-tcp did not run") else . end
| family("probe_success"; "1 if the check succeeded, in time or not, however long its certificate lasts";
    {value: (if .reason | IN("ok", "slow", "expiry") then 1 else 0 end)}),
  family("probe_duration_seconds"; "Response time; where there is none, the duration of the check";
    select(.elapsed) | {value: .elapsed}),
  family("check_tcp_status"; "The verdict: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN";
    {value: .code}),
  family("check_tcp_reason_info"; "The reason of the verdict";
    {value: 1, labels: {reason, phase: (.phase // "")}}),
  family("check_tcp_phase_seconds"; "Duration of each part of the check";
    .phases // {} | to_entries[] | select(.value) | {value, labels: {phase: .key}}),
  family("probe_ssl_earliest_cert_expiry"; "End of the certificate path, or else of the certificate of the server, in Unix time";
    (.tls.ends // .tls.not_after // empty) | {value: fromdate}),
  "# HELP check_tcp_last_run_timestamp_seconds When the results were written, in Unix time",
  "# TYPE check_tcp_last_run_timestamp_seconds gauge",
  "check_tcp_last_run_timestamp_seconds{list=\($list | tojson)} \(now | floor)"
