<?php
/**
 * Checks the bundle that MWPIPE_BUNDLE pins, with the PHP and the MediaWiki of this image: does every file parse, and
 * what are the effective settings? One JSON object on stdout; the bundle is never served while this runs.
 */

require __DIR__ . '/pointer.php';

/** What `php -l` says about each file that does not parse. */
function lint( string $dir ): array {
	$mistakes = [];
	$files = new RecursiveIteratorIterator( new RecursiveDirectoryIterator( $dir, FilesystemIterator::SKIP_DOTS ) );
	foreach ( $files as $file ) {
		if ( $file->getExtension() !== 'php' ) {
			continue;
		}
		$said = run( [ PHP_BINARY, '-d', 'display_errors=stderr', '-d', 'log_errors=0', '-l', $file->getPathname() ] );
		if ( $said['exitCode'] !== 0 ) {
			$mistakes[] = describe( $said['stderr'], $dir );
		}
	}
	return $mistakes;
}

/** Of "PHP Parse error: what in file on line N", its parts. */
function describe( string $said, string $dir ): array {
	$pattern = '/^(?:PHP )?(?<kind>[A-Za-z ]+):\s+(?<message>.*) in (?<file>\S.*?)(?: on line |:)(?<line>\d+)$/m';
	if ( !preg_match( $pattern, $said, $match ) ) {
		$message = trim( substr( $said, 0, 500 ) ) ?: 'the settings end the script: does something call exit() or die()?';
		return [ 'level' => 'error', 'message' => $message, 'file' => '', 'line' => 0 ];
	}
	return [
		'level' => strtolower( trim( $match['kind'] ) ),
		'message' => preg_replace( '/^Uncaught \S+: /', '', $match['message'] ),
		'file' => str_starts_with( $match['file'], "$dir/" ) ? substr( $match['file'], strlen( $dir ) + 1 ) : $match['file'],
		'line' => (int)$match['line'],
	];
}

function run( array $command ): array {
	$files = [ tmpfile(), tmpfile() ];
	$process = proc_open( $command, [ [ 'file', '/dev/null', 'r' ], $files[0], $files[1] ], $pipes );
	$exitCode = proc_close( $process );
	[ $stdout, $stderr ] = array_map( static function ( $file ) {
		rewind( $file );
		return (string)stream_get_contents( $file );
	}, $files );
	return [ 'exitCode' => $exitCode, 'stdout' => $stdout, 'stderr' => $stderr ];
}

/** Effective settings, and every notice on the way; or what ended the evaluation. */
function evaluate( string $dir ): array {
	$said = run( [ PHP_BINARY, '-d', 'display_errors=stderr', '-d', 'log_errors=0', __DIR__ . '/evaluate.php' ] );
	$marker = strrpos( $said['stdout'], "\nMWPIPE-EVALUATED " );
	$report = $marker === false ? null : json_decode( substr( $said['stdout'], $marker + 18 ), true );
	if ( $report === null ) {
		return [ 'mistakes' => [ describe( $said['stderr'] . $said['stdout'], $dir ) ], 'settings' => null ];
	}
	foreach ( $report['mistakes'] as &$mistake ) {
		if ( str_starts_with( $mistake['file'], "$dir/" ) ) {
			$mistake['file'] = substr( $mistake['file'], strlen( $dir ) + 1 );
		}
	}
	return $report;
}

$dir = mwpipeBundleDir( (string)mwpipeCurrentBundle() );
$mistakes = lint( $dir );
$evaluated = $mistakes ? [ 'mistakes' => [], 'settings' => null ] : evaluate( $dir );
echo json_encode( [
	'mistakes' => array_merge( $mistakes, $evaluated['mistakes'] ),
	'settings' => $evaluated['settings'],
	'known' => $evaluated['known'] ?? [],
], JSON_INVALID_UTF8_SUBSTITUTE | JSON_PARTIAL_OUTPUT_ON_ERROR | JSON_PRESERVE_ZERO_FRACTION ), "\n";
