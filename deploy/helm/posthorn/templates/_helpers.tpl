{{- define "posthorn.name" -}}
{{- if contains "posthorn" .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-posthorn" .Release.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "posthorn.selector" -}}
app.kubernetes.io/name: posthorn
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "posthorn.labels" -}}
{{ include "posthorn.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "posthorn.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{- define "posthorn.secret" -}}
{{ .Values.secrets.existing | default (include "posthorn.name" .) }}
{{- end }}

{{/* Of API and workers alike. */}}
{{- define "posthorn.podSecurity" -}}
runAsNonRoot: true
runAsUser: 1000
runAsGroup: 1000
fsGroup: 1000
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "posthorn.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "posthorn.env" -}}
- name: REDIS_URL
  {{- if and .Values.redis.inCluster.enabled .Values.redis.url }}{{ fail "Give redis.url or redis.inCluster.enabled, not both" }}{{ end }}
  {{- if .Values.redis.inCluster.enabled }}
  value: redis://{{ include "posthorn.name" . }}-redis:6379
  {{- else }}
  valueFrom:
    secretKeyRef:
      name: {{ if .Values.redis.url }}{{ include "posthorn.name" . }}{{ else }}{{ include "posthorn.secret" . }}{{ end }}
      key: redis-url
  {{- end }}
- name: POSTHORN_API_KEY_FILE
  value: /etc/posthorn/secrets/api-key
- name: POSTHORN_SECRET_FILE
  value: /etc/posthorn/secrets/secret
{{- end }}

{{- define "posthorn.secretsVolume" -}}
- name: secrets
  secret:
    secretName: {{ include "posthorn.secret" . }}
    defaultMode: 0440
    items:
      - { key: api-key, path: api-key }
      - { key: secret, path: secret }
- name: tmp
  emptyDir: {}
{{- end }}

{{- define "posthorn.spread" -}}
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "posthorn.selector" .root | nindent 6 }}
      app.kubernetes.io/component: {{ .component }}
{{- end }}
