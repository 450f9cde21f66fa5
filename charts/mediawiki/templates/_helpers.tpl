{{/* One installation is one slot: its name has both. */}}
{{- define "mediawiki.name" -}}
{{- printf "%s-%s" (default .Release.Name .Values.nameOverride) .Values.slot | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What never changes while the Deployment lives: its selector. */}}
{{- define "mediawiki.selector" -}}
app.kubernetes.io/name: mediawiki
app.kubernetes.io/instance: {{ .Release.Name | quote }}
mwpipe.slot: {{ .Values.slot | quote }}
{{- end -}}

{{- define "mediawiki.labels" -}}
{{ include "mediawiki.selector" . }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | quote }}
{{- end -}}

{{/* By digest, always; without a repository it is an image that the nodes hold already, by its ID. */}}
{{- define "mediawiki.image" -}}
{{- with .Values.image }}{{ if .repository }}{{ .repository }}@{{ end }}{{ .digest }}{{ end -}}
{{- end -}}

{{/* The agent of a pod, from the pod's own image: before MediaWiki starts, and beside it. */}}
{{- define "mediawiki.agent" -}}
image: {{ include "mediawiki.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
command: [php, /usr/local/lib/mwpipe/kubernetes-agent.php, {{ .verb }}]
env:
  - { name: MWPIPE_SLOT, value: {{ .root.Values.slot | quote }} }
  - { name: MWPIPE_INSTANCE, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
# Why a pod can't start is in its status.
terminationMessagePolicy: FallbackToLogsOnError
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
resources:
  requests: { cpu: 10m, memory: 32Mi }
  limits: { memory: 256Mi }
volumeMounts:
  - { name: overlay, mountPath: /srv/overlay }
  - { name: agent, mountPath: /run/mwpipe-agent }
  - { name: account, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true }
{{- end -}}
