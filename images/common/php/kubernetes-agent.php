<?php
/**
 * The config agent of a pod: keeps the bundles that the target lists, and points this pod's slot at the one that is its own.
 *
 *   init   once, before MediaWiki starts: the slot's bundle, or why there is none
 *   run    for as long as the pod lives: follows the list through the API
 *
 * The list is the ConfigMap `mwpipe-config`; a bundle is one or more immutable ConfigMaps, each with a part of the packed
 * form. Nothing is unpacked before all parts are there, nothing is pointed to before every file has its
 * hash, and what is served stays as it is while anything is in the way. A report says what that is: to /mwpipe/bundle, which
 * mwpipe asks, and to /mwpipe/ready, which the kubelet asks.
 */

require __DIR__ . '/bundles.php';
require __DIR__ . '/kubernetes-api.php';

final class MwpipeKubernetesAgent {
	private const DOCUMENT = 'mwpipe-config';
	private const RETRY_SECONDS = 2;
	private const INIT_ATTEMPTS = 5;
	/** @var string[] */
	private array $problems = [];
	/** When the API was last asked, or answered. */
	private float $since = 0;
	/** What the target was heard to want. */
	private array $known = [];

	public function __construct(
		private readonly MwpipeKubernetesApi $api,
		private readonly string $slot,
		private readonly string $instance,
	) {
	}

	/** @return int The exit code: 0 too where the slot has no bundle yet, since the first push brings it. */
	public function init(): int {
		$this->dropBroken();
		for ( $attempt = 1; ; $attempt++ ) {
			$this->problems = [];
			try {
				$document = $this->api->configMap( self::DOCUMENT );
				$this->follow( $document, false );
			} catch ( RuntimeException | JsonException $e ) {
				$this->problems[] = $e->getMessage();
			}
			if ( !$this->problems || $attempt === self::INIT_ATTEMPTS ) {
				break;
			}
			sleep( self::RETRY_SECONDS );
		}
		foreach ( $this->problems as $problem ) {
			fwrite( STDERR, "$problem\n" );
		}
		// A pod whose sandbox was made anew has its files still.
		$current = mwpipeCurrentBundle();
		return $this->problems && ( $current === null || !is_dir( mwpipeBundleDir( $current ) ) ) ? 1 : 0;
	}

	/** Nothing is synced to the disk when it is unpacked: a node that crashed may have left files without their content. */
	private function dropBroken(): void {
		foreach ( bundles() as $hash ) {
			if ( !isWhole( $hash ) ) {
				removeTree( BUNDLES . "/$hash" );
			}
		}
	}

	public function run(): void {
		$enough = fn () => $this->problems && microtime( true ) - $this->since > self::RETRY_SECONDS;
		while ( true ) {
			$this->since = microtime( true );
			try {
				$this->api->watch( self::DOCUMENT, $this->changed( ... ), $enough );
			} catch ( RuntimeException $e ) {
				$this->problems = [ $e->getMessage() ];
				$this->report( $this->known );
				sleep( self::RETRY_SECONDS );
			}
		}
	}

	private function changed( ?array $document ): void {
		$this->problems = [];
		try {
			$this->follow( $document, true );
		} catch ( RuntimeException | JsonException $e ) {
			$this->problems[] = $e->getMessage();
		}
		$this->since = microtime( true );
		$this->report( $this->known );
	}

	/** The slot's bundle first: the others are only for a rollback, and to be there before they are pointed to. */
	private function follow( ?array $document, bool $all ): void {
		$list = json_decode( $document['data']['config.json'] ?? '{}', true, 64, JSON_THROW_ON_ERROR );
		$this->known = $list;
		$slot = $list['slots'][$this->slot] ?? [];
		$mine = $slot['own'][$this->instance] ?? $slot['bundle'] ?? null;
		$listed = $list['bundles'] ?? [];
		if ( $all && array_diff( bundles(), array_keys( $listed ) ) ) {
			prune( array_keys( $listed ) );
		}
		if ( $mine !== null && $this->keep( $mine, $listed[$mine]['parts'] ?? [] ) && mwpipeCurrentBundle() !== $mine ) {
			try {
				point( $this->slot, $mine );
			} catch ( MwpipeRefusal $refusal ) {
				$this->problems[] = $refusal->getMessage();
			}
		}
		foreach ( $all ? $listed : [] as $hash => $bundle ) {
			$this->keep( $hash, $bundle['parts'] );
		}
	}

	/**
	 * Whether the bundle is there whole.
	 * @param string $hash
	 * @param string[] $parts Names of the ConfigMaps that it is in
	 */
	private function keep( string $hash, array $parts ): bool {
		if ( is_file( BUNDLES . "/$hash/bundle.json" ) ) {
			return true;
		}
		$packed = '';
		foreach ( $parts as $part ) {
			$map = $this->api->configMap( $part );
			if ( $map === null ) {
				$this->problems[] = "ConfigMap $part is not in the cluster";
				return false;
			}
			$packed .= base64_decode( $map['binaryData']['part'] ?? '' );
		}
		return $this->inChild( static fn () => stage( $hash, $packed, false ) );
	}

	/**
	 * Unpacking takes memory, and may run out of it, so it gets a process of its own. That is killed, not ended: ending would
	 * say goodbye on the connections that it inherited.
	 */
	private function inChild( callable $work ): bool {
		[ $ours, $theirs ] = stream_socket_pair( STREAM_PF_UNIX, STREAM_SOCK_STREAM, 0 );
		$child = pcntl_fork();
		if ( $child === 0 ) {
			ob_start();
			register_shutdown_function( static function () use ( $theirs ): void {
				fwrite( $theirs, (string)ob_get_clean() );
				posix_kill( getmypid(), SIGKILL );
			} );
			try {
				echo json_encode( $work() );
			} catch ( MwpipeRefusal $refusal ) {
				// Never up the stack: there it would go on as a second agent.
				echo json_encode( [ 'problem' => $refusal->getMessage() ] );
			}
			exit;
		}
		fclose( $theirs );
		$said = json_decode( (string)stream_get_contents( $ours ), true );
		pcntl_waitpid( $child, $status );
		if ( $said !== null && !isset( $said['problem'] ) ) {
			return true;
		}
		$this->problems[] = $said['problem'] ?? 'unpacking ended without a word: out of memory?';
		return false;
	}

	/** In memory, not beside the bundles: a full disk must be told of. */
	private function report( array $list ): void {
		$slot = $list['slots'][$this->slot] ?? [];
		$report = [ 'problem' => $this->problems[0] ?? null, 'aside' => in_array( $this->instance, $slot['aside'] ?? [] ) ];
		$temporary = MWPIPE_REPORT . '.new';
		if ( @file_put_contents( $temporary, json_encode( $report ) ) && rename( $temporary, MWPIPE_REPORT ) ) {
			return;
		}
		fwrite( STDERR, "can't write " . MWPIPE_REPORT . "\n" );
	}
}

// As process 1 of its container it gets no signal that it doesn't ask for.
pcntl_async_signals( true );
pcntl_signal( SIGTERM, static fn () => exit( 0 ) );
$agent = new MwpipeKubernetesAgent(
	new MwpipeKubernetesApi, (string)getenv( 'MWPIPE_SLOT' ), (string)getenv( 'MWPIPE_INSTANCE' ) );
match ( $argv[1] ?? '' ) {
	'init' => exit( $agent->init() ),
	'run' => $agent->run(),
	default => refuse( 'init or run' ),
};
