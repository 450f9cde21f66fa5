<?php

/**
 * Which files of MediaWiki are executed, by pcov, one JSON object a line: first what runs before any test and its lines,
 * `{"boot": {"includes/Setup.php": [3, 4]}}`; then for each test file what its process executed,
 * `{"test": "tests/phpunit/unit/…Test.php", "files": ["includes/Html/Html.php"]}`. Paths are below /srv/mediawiki.
 * Whoever loads a file executes it. Not seen: files that are read and not executed (messages, JSON, SQL, templates).
 */
class MwpipeRecord {
	private const ROOT = '/srv/mediawiki/';

	private string $spawned = '';

	private function __construct( private ?string $path ) {
	}

	/** @param string|null $path null: nothing is recorded, and nothing costs */
	public static function open( ?string $path ): self {
		return new self( $path );
	}

	public function startBoot(): void {
		$this->start();
	}

	public function endBoot(): void {
		if ( $this->path === null ) {
			return;
		}
		\pcov\stop();
		$boot = [];
		foreach ( \pcov\collect( \pcov\inclusive, \pcov\waiting() ) as $file => $lines ) {
			if ( str_starts_with( $file, self::ROOT ) ) {
				$boot[substr( $file, strlen( self::ROOT ) )] = array_keys( array_filter( $lines, static fn ( $ran ) => $ran > 0 ) );
			}
		}
		$this->add( [ 'boot' => (object)$boot ] );
	}

	/** @param string $spawned file that any PHP started by the test makes: prepend.php does */
	public function startFile( string $spawned ): void {
		putenv( "MWPIPE_SPAWNED=$spawned" );
		$this->spawned = $spawned;
		$this->start();
	}

	/** Only of files that came to their end and did it in one process: what others executed stays unknown. */
	public function endFile( string $file ): void {
		if ( $this->path === null || is_file( $this->spawned ) ) {
			return;
		}
		\pcov\stop();
		$ran = array_filter( \pcov\waiting(), static fn ( $one ) => str_starts_with( $one, self::ROOT ) );
		$below = static fn ( $one ) => substr( $one, strlen( self::ROOT ) );
		$this->add( [ 'test' => $below( $file ), 'files' => array_values( array_map( $below, $ran ) ) ] );
	}

	private function start(): void {
		if ( $this->path !== null ) {
			\pcov\clear();
			\pcov\start();
		}
	}

	private function add( array $line ): void {
		file_put_contents( $this->path, json_encode( $line, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR ) . "\n", FILE_APPEND );
	}
}
