<?php

/**
 * Runs test files, each in a process forked from this one.
 */
class MwpipeForks {
	private const SNAPSHOT = '/srv/snapshot.tar';
	private const WIKI = [ '/srv/data', '/srv/cache' ];
	private const FATAL = E_ERROR | E_PARSE | E_CORE_ERROR | E_COMPILE_ERROR | E_USER_ERROR | E_RECOVERABLE_ERROR;

	public bool $failed = false;
	private string $parts;

	public function __construct( private int $seconds, private MwpipeRecord $record ) {
		$this->parts = sys_get_temp_dir() . '/mwpipe-' . getmypid();
		mkdir( $this->parts );
		pcntl_async_signals( true );
		// Not restarted: the wait for a file that takes too long ends.
		pcntl_signal( SIGALRM, static fn () => null, false );
	}

	/** Its failures are in the progress log and in the JUnit file; a process that didn't come to its end is told here. */
	public function run( int $number, string $file ): void {
		$this->restore();
		$part = sprintf( '%s/%05d', $this->parts, $number );
		$child = pcntl_fork();
		if ( $child === -1 ) {
			throw new RuntimeException( 'no process could be forked: ' . pcntl_strerror( pcntl_get_last_error() ) );
		}
		if ( $child === 0 ) {
			$this->runHere( $file, $part );
		}
		[ $status, $late ] = $this->wait( $child );
		// All that it started is of its session.
		posix_kill( -$child, SIGKILL );
		if ( !is_file( "$part.ended" ) ) {
			$this->failed = true;
			$this->tell( 'mwpipeCrashed', [ 'file' => $file, 'message' => $this->why( $status, $late, "$part.fatal" ) ] );
		} elseif ( !pcntl_wifexited( $status ) || pcntl_wexitstatus( $status ) !== 0 ) {
			$this->failed = true;
		}
	}

	/** Puts the wiki back where something of it changed: in the snapshot every file and folder is of the epoch. */
	public function restore(): void {
		if ( !$this->changed() ) {
			return;
		}
		$wiki = implode( ' ', self::WIKI );
		exec(
			"rm -rf $wiki 2>/dev/null; tar -xf " . self::SNAPSHOT . ' -C /srv --no-same-owner --no-overwrite-dir',
			result_code: $status
		);
		if ( $status !== 0 ) {
			throw new RuntimeException( 'the snapshot could not be unpacked' );
		}
		array_map( static fn ( $folder ) => touch( $folder, 0 ), self::WIKI );
		clearstatcache();
	}

	/** One document of all; a file whose process crashed has none. */
	public function writeJunit( string $path ): void {
		$junit = fopen( "$path.part", 'w' );
		fwrite( $junit, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n" );
		foreach ( glob( "$this->parts/*.xml" ) as $part ) {
			fwrite( $junit, preg_replace( '#^<\?xml[^>]*>|</?testsuites>#m', '', file_get_contents( $part ) ) );
		}
		fwrite( $junit, "</testsuites>\n" );
		fclose( $junit );
		rename( "$path.part", $path );
	}

	private function changed(): bool {
		clearstatcache();
		foreach ( self::WIKI as $folder ) {
			if ( @filemtime( $folder ) !== 0 ) {
				return true;
			}
			$all = new RecursiveIteratorIterator(
				new RecursiveDirectoryIterator( $folder, FilesystemIterator::SKIP_DOTS ),
				RecursiveIteratorIterator::SELF_FIRST
			);
			foreach ( $all as $one ) {
				if ( $one->getMTime() !== 0 ) {
					return true;
				}
			}
		}
		return false;
	}

	/** @return array{0: int, 1: bool} its status, and whether it was killed for taking too long */
	private function wait( int $child ): array {
		pcntl_alarm( $this->seconds );
		$late = false;
		while ( pcntl_waitpid( $child, $status ) !== $child ) {
			$late = true;
			posix_kill( -$child, SIGKILL );
			posix_kill( $child, SIGKILL );
		}
		pcntl_alarm( 0 );
		return [ $status, $late ];
	}

	private function why( int $status, bool $late, string $fatal ): string {
		if ( $late ) {
			return "took longer than $this->seconds s";
		}
		if ( is_file( $fatal ) ) {
			return file_get_contents( $fatal );
		}
		return pcntl_wifsignaled( $status )
			? 'killed by signal ' . pcntl_wtermsig( $status )
			: 'ended before its tests did, with ' . pcntl_wexitstatus( $status );
	}

	/** @return never */
	private function runHere( string $file, string $part ) {
		posix_setsid();
		pcntl_signal( SIGALRM, SIG_DFL );
		$ended = false;
		register_shutdown_function( static function () use ( &$ended, $part ) {
			$error = error_get_last();
			if ( !$ended && $error !== null && ( $error['type'] & self::FATAL ) ) {
				file_put_contents( "$part.fatal", "{$error['message']} ({$error['file']}:{$error['line']})" );
			}
		} );
		putenv( "MWPIPE_TEST=$file" );
		$this->record->startFile( "$part.spawned" );
		$status = ( new PHPUnit\TextUI\Command )->run( [
			'phpunit', '-c', __DIR__ . '/phpunit.xml', '--testsuite', 'selected',
			'--log-junit', "$part.xml", '--log-teamcity', 'php://stdout',
		], false );
		$this->record->endFile( $file );
		$ended = touch( "$part.ended" );
		exit( $status );
	}

	private function tell( string $name, array $attributes ): void {
		$escape = static fn ( $text ) => preg_replace( "/[|'\\[\\]]/", '|$0', strtr( $text, [ "\n" => ' ', "\r" => '' ] ) );
		$list = array_map( static fn ( $key, $text ) => "$key='{$escape( $text )}'", array_keys( $attributes ), $attributes );
		fwrite( STDOUT, "\n##teamcity[$name " . implode( ' ', $list ) . "]\n" );
	}
}
