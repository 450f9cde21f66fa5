<?php
/**
 * What the agent asks of the cluster's API, with the pod's own service account: one object, and what becomes of it. Token and
 * certificate are read for each request, as the kubelet renews them. What is in the way is an exception that says why.
 */
final class MwpipeKubernetesApi {
	private const ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';
	private const PATIENCE_SECONDS = 10;
	private ?CurlHandle $kept = null;

	/** @return array|null The ConfigMap, or null where there is none */
	public function configMap( string $name ): ?array {
		$this->kept ??= curl_init();
		$options = [ CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => self::PATIENCE_SECONDS ];
		$body = curl_exec( $this->prepared( $this->kept, '/' . rawurlencode( $name ), $options ) );
		if ( $body === false ) {
			throw new RuntimeException( "the API doesn't answer: " . curl_error( $this->kept ) );
		}
		$status = curl_getinfo( $this->kept, CURLINFO_RESPONSE_CODE );
		if ( $status === 404 ) {
			return null;
		}
		if ( $status !== 200 ) {
			throw new RuntimeException( "the API answers $status for ConfigMap $name: " . self::said( $body ) );
		}
		return json_decode( $body, true, 64, JSON_THROW_ON_ERROR );
	}

	/**
	 * Tells of the ConfigMap as it is, and of each change, until the API ends it, which it does after some time. What is told is
	 * done between curl's own work, never inside it: whoever is told may fork.
	 * @param string $name
	 * @param callable(?array):void $changed
	 * @param callable():bool $enough Asked about once a second
	 */
	public function watch( string $name, callable $changed, callable $enough ): void {
		// Not all agents at once
		$seconds = random_int( 45, 75 );
		$query = http_build_query( [ 'watch' => '1', 'fieldSelector' => "metadata.name=$name", 'timeoutSeconds' => $seconds ] );
		$lines = '';
		$curl = $this->prepared( curl_init(), "?$query", [
			CURLOPT_TIMEOUT => $seconds + self::PATIENCE_SECONDS,
			CURLOPT_TCP_KEEPALIVE => 1,
			CURLOPT_TCP_KEEPIDLE => 10,
			CURLOPT_TCP_KEEPINTVL => 5,
			CURLOPT_WRITEFUNCTION => static function ( $curl, string $data ) use ( &$lines ): int {
				$lines .= $data;
				return strlen( $data );
			},
		] );
		$many = curl_multi_init();
		curl_multi_add_handle( $many, $curl );
		do {
			curl_multi_exec( $many, $running );
			self::tell( $lines, $changed );
		} while ( $running && !$enough() && curl_multi_select( $many, 1.0 ) >= 0 );
		$error = curl_multi_info_read( $many )['result'] ?? CURLE_OK;
		$status = curl_getinfo( $curl, CURLINFO_RESPONSE_CODE );
		curl_multi_remove_handle( $many, $curl );
		if ( $error !== CURLE_OK ) {
			throw new RuntimeException( "the API doesn't answer: " . ( curl_error( $curl ) ?: curl_strerror( $error ) ) );
		}
		if ( $status !== 200 && $status !== 0 ) {
			throw new RuntimeException( "the API answers $status to a watch: " . self::said( $lines ) );
		}
	}

	/** Of the whole lines that have come only the last counts: what it says replaces the others. */
	private static function tell( string &$lines, callable $changed ): void {
		$end = strrpos( $lines, "\n" );
		if ( $end === false ) {
			return;
		}
		$whole = explode( "\n", substr( $lines, 0, $end ) );
		$event = json_decode( end( $whole ), true );
		if ( !isset( $event['type'] ) ) {
			return;
		}
		$lines = substr( $lines, $end + 1 );
		match ( $event['type'] ) {
			'ADDED', 'MODIFIED' => $changed( $event['object'] ),
			'DELETED' => $changed( null ),
			default => null,
		};
	}

	private function prepared( CurlHandle $curl, string $what, array $options ): CurlHandle {
		$host = (string)getenv( 'KUBERNETES_SERVICE_HOST' );
		$host = str_contains( $host, ':' ) ? "[$host]" : $host;
		$port = getenv( 'KUBERNETES_SERVICE_PORT_HTTPS' ) ?: '443';
		$namespace = trim( (string)@file_get_contents( self::ACCOUNT . '/namespace' ) );
		curl_setopt_array( $curl, $options + [
			CURLOPT_URL => "https://$host:$port/api/v1/namespaces/$namespace/configmaps$what",
			CURLOPT_HTTPHEADER => [ 'Authorization: Bearer ' . trim( (string)@file_get_contents( self::ACCOUNT . '/token' ) ) ],
			CURLOPT_CAINFO => self::ACCOUNT . '/ca.crt',
			CURLOPT_CONNECTTIMEOUT => self::PATIENCE_SECONDS,
			CURLOPT_NOSIGNAL => true,
		] );
		return $curl;
	}

	private static function said( string $body ): string {
		return json_decode( $body, true )['message'] ?? substr( $body, 0, 200 );
	}
}
