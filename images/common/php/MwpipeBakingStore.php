<?php
/**
 * Writes the localisation cache that goes into an image: a PHP array for each hot language, which opcache keeps, CDB for
 * the others. The files that MediaWiki recorded as a language's inputs go into a file of their own beside it
 * (facts/de.json), for mwpipe, and not into the cache: it would change with every file that a language has in its chain,
 * used or not.
 */
class MwpipeBakingStore implements LCStore {
	private string $directory;
	/** @var string[] */
	private array $hot;
	private string $code = '';
	private ?LCStore $store = null;
	/** @var array{language:string,fallbacks:string[],files:string[]} */
	private array $facts;

	public function __construct( array $conf ) {
		$this->directory = $conf['directory'];
		$this->hot = preg_split( '/ /', getenv( 'MWPIPE_HOT' ) ?: '', -1, PREG_SPLIT_NO_EMPTY );
	}

	public function startWrite( $code ) {
		$this->code = $code;
		$conf = [ 'directory' => $this->directory ];
		$this->store = in_array( $code, $this->hot, true ) ? new LCStoreStaticArray( $conf ) : new LCStoreCDB( $conf );
		$this->facts = [ 'language' => $code, 'fallbacks' => [], 'files' => [] ];
		$this->store->startWrite( $code );
	}

	public function set( $key, $value ) {
		if ( $key === 'deps' ) {
			$this->record( $value );
			return;
		}
		if ( $key === 'fallbackSequence' ) {
			$this->facts['fallbacks'] = $value;
		}
		$this->store->set( $key, $value );
	}

	/** The facts are written last: where they are, the language is whole. */
	public function finishWrite() {
		$this->store->finishWrite();
		$this->store = null;
		wfMkdirParents( "$this->directory/facts" );
		$json = json_encode( $this->facts, JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR );
		if ( file_put_contents( "$this->directory/facts/$this->code.json", "$json\n" ) === false ) {
			throw new RuntimeException( "Can't write the facts of $this->code into $this->directory" );
		}
	}

	/** Everything is baked anew. */
	public function get( $code, $key ) {
		return null;
	}

	/** @param CacheDependency[] $dependencies those on files that aren't there are on every language of every folder */
	private function record( array $dependencies ): void {
		$files = [];
		foreach ( $dependencies as $dependency ) {
			if ( $dependency instanceof FileDependency ) {
				$file = realpath( ( fn () => $this->filename )->bindTo( $dependency, FileDependency::class )() );
				$files[ str_replace( MW_INSTALL_PATH . '/', '', (string)$file ) ] = true;
			}
		}
		unset( $files[''] );
		ksort( $files );
		$this->facts['files'] = array_keys( $files );
	}
}
