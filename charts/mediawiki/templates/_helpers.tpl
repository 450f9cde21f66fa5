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

{{/* The bundle's hash is in the name: a ConfigMap is never changed under the pods that start from it. */}}
{{- define "mediawiki.bundleName" -}}
{{- printf "%s-bundle-%s" (include "mediawiki.name" . | trunc 43 | trimSuffix "-") (.Values.bundle.hash | trunc 12) -}}
{{- end -}}

{{/* A key of a ConfigMap has no slash: a file is kept under the hash of its path. */}}
{{- define "mediawiki.fileKey" -}}
{{- sha256sum . | trunc 40 -}}
{{- end -}}
